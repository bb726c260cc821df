import { FirstCall } from '../features/first-call/first-call';
import { ReadOn } from '../features/read-on/read-on';
import { StatusPanel } from '../features/status/status-panel';
import { TopBar } from './top-bar';
import './app.css';

/** The one page there is so far. Features are folders under `features/`; here they only get their place. */
export function App() {
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <TopBar />
      <main id="content" className="page" tabIndex={-1}>
        <div className="page-head">
          <h1>Overview</h1>
          <p>
            This relay answers OpenAI-compatible requests on the same address as this page. The console grows here: for
            now it shows that the relay is alive and how to call it; traces and explanations are in the API.
          </p>
        </div>
        <div className="page-grid">
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
