import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, indentOnInput } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeTheme } from './code-theme';
import { completion, type Complete } from './completion';
import { diagnosticsOf, type Problem } from './diagnostics';
import './code-editor.css';

export interface CodeEditorProps {
  readonly label: string;
  readonly language: 'yaml' | 'json';
  readonly value: string;
  readonly onChange?: (value: string) => void; // left out: read only
  readonly problems?: readonly Problem[];
  readonly original?: string; // shows what differs from it, in one column
  readonly complete?: Complete; // what to offer while somebody types
  readonly reveal?: { readonly line: number }; // from 1; another object leads there again
}

/** CodeMirror. Tab leaves it, as every field (Ctrl+] indents). Load it with `CodeEditor` of index.ts, which fetches it when needed. */
export default function CodeEditor(props: CodeEditorProps) {
  const { label, language, value, onChange, problems, original, complete, reveal } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const completing = useRef(complete);
  completing.current = complete;
  const first = useRef(value);
  const readOnly = onChange === undefined;

  useEffect(() => {
    if (!host.current) return;
    const listen = EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) changed.current?.(state.doc.toString());
    });
    const extensions = [
      ...extensionsOf(label, language, readOnly, original),
      ...completion(() => completing.current),
      listen,
    ];
    const editor = new EditorView({ parent: host.current, doc: first.current, extensions });
    view.current = editor;
    return () => {
      first.current = editor.state.doc.toString();
      editor.destroy();
    };
  }, [label, language, readOnly, original]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor && problems) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc, problems)));
  }, [problems, original]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !reveal) return;
    const { from } = editor.state.doc.line(Math.max(1, Math.min(editor.state.doc.lines, reveal.line)));
    editor.dispatch({
      selection: { anchor: from },
      effects: EditorView.scrollIntoView(from, { y: 'start', yMargin: 24 }),
    });
  }, [reveal]);

  return <div ref={host} className="code-editor" />;
}

function extensionsOf(label: string, language: 'yaml' | 'json', readOnly: boolean, original?: string): Extension[] {
  return [
    codeTheme(),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
    language === 'yaml' ? yaml() : json(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorState.readOnly.of(readOnly),
    ...(original === undefined
      ? []
      : [unifiedMergeView({ original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } })]),
  ];
}
