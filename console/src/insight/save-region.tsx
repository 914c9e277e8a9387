import type { Overlap } from '@chaoxi/contract'
import { useNavigate } from '@tanstack/react-router'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { SaveAsSegment } from '../people/save-as-segment.tsx'
import { useRun } from '../ui/index.ts'
import { type Region, regionRule, regionSearch } from './regions.ts'
import { insightTexts } from './texts.ts'

/** Keeps a region of an overlap: the people in it now, or the rule of being in and out. */
export function SaveRegion({ sets, region, suggestion }: { sets: Overlap['sets']; region: Region; suggestion: string }) {
  const t = useT(insightTexts)
  const [saving, setSaving] = useState<'list' | 'rule' | null>(null)
  const close = () => setSaving(null)
  return (
    <span className="nowrap">
      <Button size="small" type="link" disabled={region.size === 0} onClick={() => setSaving('list')}>
        {t('saveStatic')}
      </Button>
      <Button size="small" type="link" onClick={() => setSaving('rule')}>
        {t('saveRule')}
      </Button>
      {saving === 'list' && <SaveAsSegment query={regionSearch(sets, region)} suggestion={suggestion} onClose={close} />}
      {saving === 'rule' && <SaveRule sets={sets} region={region} suggestion={suggestion} onClose={close} />}
    </span>
  )
}

function SaveRule({
  sets,
  region,
  suggestion,
  onClose,
}: {
  sets: Overlap['sets']
  region: Region
  suggestion: string
  onClose: () => void
}) {
  const t = useT(insightTexts)
  const run = useRun()
  const navigate = useNavigate()
  const create = useMutate('segmentCreate', { refresh: ['segments'] })
  const [name, setName] = useState(suggestion.slice(0, 100))
  const save = () =>
    run(async () => {
      const rule = regionRule(sets, region)
      const { key } = await create.mutateAsync({ body: { name: name.trim(), description: suggestion, mode: 'dynamic', rule } })
      await navigate({ to: '/segments/$key', params: { key } })
    })
  return (
    <Modal
      open
      title={t('saveRule')}
      okText={t('save')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: name.trim() === '' }}
      confirmLoading={create.isPending}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <p>{t('saveRuleText')}</p>
      <Input autoFocus value={name} maxLength={100} aria-label={t('saveName')} onChange={(event) => setName(event.target.value)} />
    </Modal>
  )
}
