import { UploadOutlined } from '@ant-design/icons'
import { type ImportStep, type Problem, putDefinition, tagTableColumns } from '@chaoxi/contract'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Modal, Table } from 'antd'
import { type ReactNode, useRef, useState } from 'react'
import { call } from '../api/client.ts'
import { type Language, useLanguage, useT } from '../i18n/index.ts'
import { NameCell, uiTexts, useRun } from '../ui/index.ts'
import { problemWords } from '../ui/problem-words.ts'
import { errorWords } from '../ui/states.tsx'
import { type ReadTable, readTable } from './table-reading.ts'
import { tableTexts } from './table-texts.ts'

/** A table of some thousand tags. */
const fileBytesMax = 10 * 1024 * 1024
const problemsShown = 20

/** Reads a tag table, says what it would change, and writes it after one question. */
export function TableImport({ onClose }: { onClose: () => void }) {
  const t = useT(tableTexts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const run = useRun()
  const { message } = App.useApp()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [found, setFound] = useState<ReadTable | null>(null)
  const [written, setWritten] = useState<number | null>(null)
  const [failure, setFailure] = useState<ReactNode>(null)
  const steps = found !== null && 'steps' in found ? found.steps : []
  const changes = steps.filter(({ what }) => what !== 'same')
  const choose = async (file: File | undefined) => {
    if (file === undefined) return
    setFailure(null)
    setFound(null)
    if (file.size > fileBytesMax) void message.error(t('fileTooLarge', { size: fileBytesMax / 1024 / 1024 }))
    else await run(async () => setFound(await readTable(file)))
  }
  const write = async () => {
    let done = 0
    for (const step of changes) {
      setWritten(done)
      try {
        await putDefinition(call, step)
      } catch (error) {
        setFailure(
          <>
            {t('failed', { done, name: step.file.name })} {errorWords(error, ui, language)}
          </>,
        )
        break
      }
      done++
    }
    setWritten(null)
    await client.invalidateQueries({ queryKey: ['tags'] })
    if (done < changes.length) return setFound(null)
    void message.success(t('done', { count: done }))
    onClose()
  }
  return (
    <Modal
      open
      width={760}
      title={t('importTitle')}
      okText={written === null ? t('doIt', { count: changes.length }) : t('writing', { done: written, count: changes.length })}
      cancelText={ui('cancel')}
      okButtonProps={{ disabled: changes.length === 0, loading: written !== null }}
      closable={written === null}
      mask={{ closable: false }}
      onOk={() => void write()}
      onCancel={() => written === null && onClose()}
    >
      <div className="stack">
        <p className="muted">{t('importText')}</p>
        <div className="row">
          <Button icon={<UploadOutlined />} disabled={written !== null} onClick={() => input.current?.click()}>
            {t('choose')}
          </Button>
          <input
            ref={input}
            type="file"
            hidden
            accept=".xlsx,.csv,text/csv"
            aria-label={t('choose')}
            onChange={(event) => {
              void choose(event.target.files?.[0])
              // The same file again, mended meanwhile, is a choice too.
              event.target.value = ''
            }}
          />
          {found !== null && <span>{t('chosen', { name: found.name })}</span>}
        </div>
        {failure !== null && (
          <div className="rule-problem" role="alert">
            {failure}
          </div>
        )}
        {found !== null && 'problems' in found && <Problems problems={found.problems} />}
        {found !== null && 'steps' in found && <Plan steps={found.steps} />}
      </div>
    </Modal>
  )
}

/** `line 3, layer` as an operator finds it in the sheet. */
function placeWords(path: string, language: Language): string {
  const [, line, field] = /^line (\d+)(?:, (\w+))?/.exec(path) ?? []
  if (line === undefined || language === 'en') return path
  const heading = tagTableColumns.find((column) => column.field === field)?.zh
  return `第 ${line} 行${heading === undefined ? '' : `「${heading}」`}`
}

function Problems({ problems }: { problems: readonly Problem[] }) {
  const t = useT(tableTexts)
  const language = useLanguage()
  return (
    <div className="rule-problem" role="alert">
      {t('problemsTitle', { count: problems.length })}
      <ul>
        {problems.slice(0, problemsShown).map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <b>{placeWords(path, language)}</b> {problemWords(message, language)}
          </li>
        ))}
      </ul>
      {problems.length > problemsShown && t('problemsMore', { count: problems.length - problemsShown })}
    </div>
  )
}

function Plan({ steps }: { steps: readonly ImportStep[] }) {
  const t = useT(tableTexts)
  const count = (what: ImportStep['what']) => steps.filter((step) => step.what === what).length
  const changes = steps.flatMap(({ file, what }) => (what === 'same' ? [] : [{ key: file.key, name: file.name, what }]))
  if (changes.length === 0) return <p>{t('nothing')}</p>
  return (
    <>
      <p>{t('plan', { created: count('created'), changed: count('changed'), same: count('same') })}</p>
      <Table
        size="small"
        rowKey="key"
        dataSource={changes}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        columns={[
          { title: t('what'), key: 'what', width: 90, render: (_, row) => t(row.what) },
          { title: t('name'), key: 'name', render: (_, row) => <NameCell code={row.key}>{row.name}</NameCell> },
        ]}
      />
      <p className="muted">{t('recompute')}</p>
    </>
  )
}
