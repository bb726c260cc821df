import { Card } from '../../../components/card';
import { TOPICS } from './topics';
import './read-on.css';

/** Where to read more: what this relay serves itself, then the files of the repository. */
export function ReadOn() {
  return (
    <Card title="Read on">
      <ul className="topics">
        <li className="topic">
          <a href="/docs">API reference</a>
          <span className="topic-about">
            every endpoint; for programs, <a href="/openapi.json">openapi.json</a>
          </span>
        </li>
        {TOPICS.map(({ title, about, file }) => (
          <li key={file} className="topic">
            <span>
              {title} <span className="topic-about">· {about}</span>
            </span>
            <code className="topic-file">{file}</code>
          </li>
        ))}
      </ul>
    </Card>
  );
}
