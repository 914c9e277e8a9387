import type { PersonDetail, PersonSummary } from '@chaoxi/contract'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { PersonSearch } from '../rules/person-search.tsx'
import { useCan } from '../shell/me.ts'
import { personName, uiTexts, useRun } from '../ui/index.ts'
import { texts } from './texts.ts'

/** For the two people whom no device, number or account could join: a colleague knows that they are one. */
export function MergePeople({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const names = useT(uiTexts)
  const run = useRun()
  const can = useCan('people.write')
  const merge = useMutate('personMerge', { refresh: ['person', 'people', 'personTimeline'] })
  const [open, setOpen] = useState(false)
  const [other, setOther] = useState<PersonSummary | null>(null)
  const [note, setNote] = useState('')
  if (!can) return null
  const itself = other?.id === person.id
  const doIt = async () => {
    if (other === null) return
    const done = await run(() => merge.mutateAsync({ params: { id: person.id }, body: { from: other.id, note } }), t('mergeDone'))
    if (!done) return
    setOpen(false)
    setOther(null)
    setNote('')
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('merge')}</Button>
      <Modal
        open={open}
        title={t('mergeTitle', { name: personName(person, names) })}
        okText={t('mergeDo')}
        cancelText={names('cancel')}
        okButtonProps={{ disabled: other === null || itself, loading: merge.isPending, danger: true }}
        onOk={() => void doIt()}
        onCancel={() => setOpen(false)}
      >
        <div className="stack">
          <p>{t('mergeText')}</p>
          <PersonSearch value={other} onChange={setOther} width="100%" />
          {itself && <p className="problem">{t('mergeItself')}</p>}
          <Input
            value={note}
            maxLength={500}
            placeholder={t('mergeNote')}
            aria-label={t('mergeNote')}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
      </Modal>
    </>
  )
}
