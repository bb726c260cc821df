import { Logo } from '../../components/logo';
import './top-bar.css';

export function TopBar() {
  return (
    <header className="top-bar">
      <a className="brand" href="/" aria-label="LLM Relay, start page">
        <Logo />
        <span>LLM Relay</span>
      </a>
      <span className="version" title="Version of this console">
        {__RELAY_VERSION__}
      </span>
      <nav className="top-links" aria-label="Served by this relay">
        <a href="/docs">API reference</a>
        <a href="/metrics">Metrics</a>
      </nav>
    </header>
  );
}
