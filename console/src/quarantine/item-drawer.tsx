import type { Problem, QuarantineItem } from '@chaoxi/contract'
import { App, Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import { ApiError } from '../api/client.ts'
import { useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { ConfirmAction } from '../ui/confirm-action.tsx'
import { problemWords } from '../ui/problem-words.ts'
import { StateText, ToneText } from '../ui/state-text.tsx'
import { errorText } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { editableText } from './editable-text.ts'
import { quarantineReason } from './reason.ts'
import { texts } from './texts.ts'

/** One set-aside event: what is wrong with it, and its text to mend and replay. */
export function ItemDrawer({ item, onClose }: { item: QuarantineItem; onClose: () => void }) {
  const t = useT(texts)
  const language = useLanguage()
  const mayWrite = useCan('intake.write')
  const [raw, setRaw] = useState(() => editableText(item.raw, item.source))
  const [problems, setProblems] = useState<readonly Problem[]>(item.problems)
  const editable = mayWrite && item.status === 'open'
  return (
    <Drawer
      open
      size={680}
      title={t('drawerTitle')}
      onClose={onClose}
      footer={editable && <Actions id={item.id} raw={raw} onProblems={setProblems} onDone={onClose} />}
    >
      <div className="stack">
        <dl className="facts">
          <dt>{t('receivedAt')}</dt>
          <dd>
            <Time at={item.receivedAt} />
          </dd>
          <dt>{t('source')}</dt>
          <dd>{item.source}</dd>
          <dt>{t('reason')}</dt>
          <dd>{quarantineReason(item.reason, language)}</dd>
          <dt>{t('status')}</dt>
          <dd>
            <StateText state={item.status} />
          </dd>
        </dl>
        {problems.length > 0 && (
          <ul className="problems">
            {problems.map(({ path, message }) => (
              <li key={`${path}:${message}`}>
                <ToneText tone="bad">{path ? <code>{path}</code> : t('wholeEvent')}</ToneText> {problemWords(message, language)}
              </li>
            ))}
          </ul>
        )}
        <div>
          {editable && <p className="muted">{t('edit')}</p>}
          <Input.TextArea
            value={raw}
            readOnly={!editable}
            onChange={(event) => setRaw(event.target.value)}
            autoSize={{ minRows: 10, maxRows: 26 }}
            spellCheck={false}
            className="raw-editor"
            aria-label={t('raw')}
          />
        </div>
      </div>
    </Drawer>
  )
}

function Actions(props: { id: string; raw: string; onProblems: (problems: readonly Problem[]) => void; onDone: () => void }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const { message } = App.useApp()
  const refresh = { refresh: ['quarantine', 'overview'] as const }
  const replay = useMutate('quarantineReplay', refresh)
  const discard = useMutate('quarantineDiscard', refresh)
  const syntax = jsonProblem(props.raw)
  const submit = () =>
    replay.mutate(
      { params: { id: props.id }, body: { raw: props.raw } },
      {
        onSuccess: (item) => {
          if (item.status === 'replayed') {
            message.success(t('replayedDone'))
            props.onDone()
          } else {
            props.onProblems(item.problems)
            message.warning(t('stillBad'))
          }
        },
        onError: (error) => {
          if (error instanceof ApiError && error.problems.length > 0) {
            props.onProblems(error.problems.map(({ path, message: text }) => ({ path: path.replace(/^0\./, ''), message: text })))
            message.warning(t('stillBad'))
          } else message.error(errorText(error, ui))
        },
      },
    )
  return (
    <div className="row">
      <ConfirmAction
        danger
        title={t('discardTitle')}
        text={t('discardText')}
        doIt={t('discard')}
        done={t('discardedDone')}
        run={async () => {
          await discard.mutateAsync({ params: { id: props.id } })
          props.onDone()
        }}
      >
        {t('discard')}
      </ConfirmAction>
      <span className="muted ellipsis grow" title={syntax ?? undefined}>
        {syntax && t('notJson')}
      </span>
      <Button type="primary" disabled={syntax !== null} loading={replay.isPending} onClick={submit}>
        {t('replay')}
      </Button>
    </div>
  )
}

function jsonProblem(raw: string): string | null {
  try {
    JSON.parse(raw)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
