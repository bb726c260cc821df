import { Dialog } from '../components/dialog';
import { activeShortcuts } from '../state/shortcuts';
import './shortcut-help.css';

export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  const shortcuts = [{ keys: '⌘ K', what: 'Search and commands' }, ...activeShortcuts()];
  return (
    <Dialog onClose={onClose} title="Keyboard shortcuts">
      <dl className="shortcut-list">
        {shortcuts.map(({ keys, what }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
