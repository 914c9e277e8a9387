import type { Problem } from '@chaoxi/contract'
import { Button, Input } from 'antd'
import { useRef, useState } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { problemWords } from '../ui/problem-words.ts'
import { type JsonReading, readJson, type Schema } from './json-reading.ts'
import { ruleTexts } from './texts.ts'

export interface JsonEditorProps<T> {
  value: T
  schema: Schema<T>
  /** What the schema cannot see; a definition that it complains about does not take effect. */
  check?: (value: T) => readonly Problem[]
  onChange: (value: T) => void
  hint: string
  invalid: string
  rows?: number
  /** Told at every edit whether the text is in effect. */
  onValid?: (valid: boolean) => void
  readOnly?: boolean
}

/** A definition as JSON, the same one that the form edits: every valid text takes effect at once, a broken one waits. */
export function JsonEditor<T>({ value, schema, onChange, hint, invalid, rows = 18, readOnly = false, check, onValid }: JsonEditorProps<T>) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const [text, setText] = useState<string | null>(null)
  const reading: JsonReading<T> | null = text === null ? null : readJson(text, schema, check)
  const edit = (next: string) => {
    setText(next)
    const read = readJson(next, schema, check)
    onValid?.(read.ok)
    if (read.ok) onChange(read.value)
  }
  const area = useRef<HTMLDivElement>(null)
  /** Selects a line of the text, which scrolls to it. */
  const goTo = (line: number | null) => {
    const field = area.current?.querySelector('textarea')
    if (line === null || !field) return
    const lines = field.value.split('\n')
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
    field.focus()
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, line - 4)
  }
  const wrong = reading !== null && !reading.ok
  return (
    <div className="json-editor" ref={area}>
      <p className="muted">{hint}</p>
      <Input.TextArea
        value={text ?? JSON.stringify(value, null, 2)}
        rows={rows}
        spellCheck={false}
        readOnly={readOnly}
        status={wrong ? 'error' : ''}
        aria-label="JSON"
        className="json-text"
        onChange={(event) => edit(event.target.value)}
        // Left in order, the text follows the form again.
        onBlur={() => reading?.ok && setText(null)}
      />
      <div aria-live="polite">
        {wrong && (
          <div className="rule-problem">
            {reading.broken === null ? invalid : t('jsonBroken', { message: reading.broken })}
            {reading.problems.length > 0 && (
              <ul>
                {reading.problems.map((problem) => (
                  <li key={`${problem.path} ${problem.message}`}>
                    {problem.line !== null && (
                      <Button type="link" size="small" className="json-line" onClick={() => goTo(problem.line)}>
                        {t('jsonLine', { line: problem.line })}
                      </Button>
                    )}
                    <code>{problem.path || '.'}</code> {problemWords(problem.message, language)}
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        {reading?.ok === true && <div className="state state-good">{t('jsonApplied')}</div>}
      </div>
    </div>
  )
}
