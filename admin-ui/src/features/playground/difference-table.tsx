import { Card } from '../../components/card';
import type { Difference } from './differences';

interface DifferenceTableProps {
  readonly titles: readonly [string, string];
  readonly rows: readonly Difference[];
}

/** What is better is said in words too, for who does not see the colour. */
export function DifferenceTable({ titles, rows }: DifferenceTableProps) {
  const same = rows.filter(({ differs }) => !differs).length;
  return (
    <Card title="Side by side" hint={same === rows.length ? 'There is no difference.' : null}>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Side by side">
        <table className="plain-table difference-table">
          <thead>
            <tr>
              <th scope="col" />
              {titles.map((title, at) => (
                <th key={at} scope="col" className="foreign">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, values, differs, better }) => (
              <tr key={name} className={differs ? 'differs' : ''}>
                <th scope="row">{name}</th>
                {values.map((value, at) => (
                  <td key={at} className={better === at ? 'tone-good foreign numeric' : 'foreign numeric'}>
                    {value}
                    {better === at ? <span className="better"> better</span> : null}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
