import { Card } from '../../components/card';
import { FirstCall } from './first-call/first-call';
import { LoginPanel } from '../../auth/login-panel';
import { ReadOn } from './read-on/read-on';
import { StatusPanel } from './status/status-panel';
import { TopBar } from './top-bar';
import { usePageTitle } from '../../components/page';
import './front-door.css';

/** What is shown at any address while nobody is logged in; the address stays, and leads on after the login. */
export function FrontDoor() {
  usePageTitle('Log in');
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <TopBar />
      <main id="content" className="page" tabIndex={-1}>
        <div className="page-head">
          <h1>Log in</h1>
          <p>This relay answers OpenAI-compatible requests on the same address as this page.</p>
        </div>
        <div className="page-grid">
          <div className="area-login">
            <Card title="Console" hint="The first start prints the first login.">
              <LoginPanel />
            </Card>
          </div>
          <div className="area-status">
            <StatusPanel />
          </div>
          <div className="area-call">
            <FirstCall origin={window.location.origin} />
          </div>
          <div className="area-read">
            <ReadOn />
          </div>
        </div>
      </main>
      <footer className="page-foot">LLM Relay {__RELAY_VERSION__} · Apache-2.0</footer>
    </>
  );
}
