import { PlusOutlined } from '@ant-design/icons'
import { type HoldoutGroupView, shareMin } from '@chaoxi/contract'
import { Button, DatePicker, Input, InputNumber, Modal, Space, Table } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { ConfirmAction, formatDate, useRun } from '../../ui/index.ts'
import { lotTexts } from '../words/lot-texts.ts'
import { Field } from './fields.tsx'

type Edited = Pick<HoldoutGroupView, 'key' | 'name' | 'share' | 'until'> & { fresh: boolean }

/** The groups of the shop whom journeys leave alone. */
export function HoldoutGroups({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useT(lotTexts)
  const zone = useTimeZone()
  const canChange = useCan('journeys.publish')
  const groups = useEndpoint('holdoutGroups').data?.items ?? []
  const remove = useMutate('holdoutGroupDelete', { refresh: ['holdoutGroups'] })
  const [edited, setEdited] = useState<Edited | null>(null)
  return (
    <Modal open={open} title={t('manageTitle')} width={760} footer={null} onCancel={onClose}>
      <p className="side-hint">{t('manageText')}</p>
      <Table<HoldoutGroupView>
        size="small"
        pagination={false}
        rowKey="key"
        dataSource={groups}
        columns={[
          { title: t('manageName'), key: 'name', render: (_, one) => one.name },
          { title: t('manageKey'), key: 'key', render: (_, one) => <code className="muted">{one.key}</code> },
          { title: t('manageShare'), key: 'share', align: 'right', render: (_, one) => `${one.share}%` },
          {
            title: t('manageUntil'),
            key: 'until',
            render: (_, one) => (one.until === null ? t('manageNoEnd') : formatDate(one.until, zone)),
          },
          { title: t('manageUsed'), key: 'used', render: (_, one) => one.journeys.map(({ name }) => name).join('、') || '–' },
          {
            key: 'act',
            render: (_, one) =>
              canChange && (
                <Space size={0}>
                  <Button type="link" size="small" onClick={() => setEdited({ ...one, fresh: false })}>
                    {t('manageEdit')}
                  </Button>
                  <ConfirmAction
                    type="link"
                    size="small"
                    danger
                    disabled={one.journeys.length > 0}
                    title={t('manageDeleteTitle', { name: one.name })}
                    text={t('manageDeleteText')}
                    doIt={t('manageDelete')}
                    run={() => remove.mutateAsync({ params: { key: one.key } })}
                  >
                    {t('manageDelete')}
                  </ConfirmAction>
                </Space>
              ),
          },
        ]}
      />
      {canChange && edited === null && (
        <Button
          style={{ marginTop: 12 }}
          icon={<PlusOutlined />}
          onClick={() => setEdited({ key: '', name: '', share: 10, until: null, fresh: true })}
        >
          {t('manageAdd')}
        </Button>
      )}
      {edited !== null && <GroupForm group={edited} onChange={setEdited} onSaved={() => setEdited(null)} />}
    </Modal>
  )
}

function GroupForm({ group, onChange, onSaved }: { group: Edited; onChange: (group: Edited) => void; onSaved: () => void }) {
  const t = useT(lotTexts)
  const save = useMutate('holdoutGroupSave', { refresh: ['holdoutGroups'] })
  const run = useRun()
  const { key, name, share, until } = group
  const complete = name.trim() !== '' && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(key)
  return (
    <div className="side-section">
      <Space wrap align="start">
        <Field label={t('manageName')}>
          <Input
            value={name}
            maxLength={100}
            aria-label={t('manageName')}
            onChange={(event) => onChange({ ...group, name: event.target.value })}
          />
        </Field>
        <Field label={t('manageKey')}>
          <Input
            value={key}
            maxLength={64}
            disabled={!group.fresh}
            placeholder="always-on"
            aria-label={t('manageKey')}
            onChange={(event) => onChange({ ...group, key: event.target.value })}
          />
        </Field>
        <Field label={t('manageShare')}>
          <InputNumber
            value={share}
            min={shareMin}
            max={100}
            precision={2}
            formatter={(shown) => String(shown ?? '')}
            suffix="%"
            aria-label={t('manageShare')}
            style={{ width: 110 }}
            onChange={(next) => next !== null && onChange({ ...group, share: next })}
          />
        </Field>
        <Field label={t('manageUntil')}>
          <DatePicker
            value={until === null ? null : dayjs(until)}
            placeholder={t('manageNoEnd')}
            aria-label={t('manageUntil')}
            onChange={(day) => onChange({ ...group, until: day === null ? null : day.endOf('day').toISOString() })}
          />
        </Field>
      </Space>
      <Button
        type="primary"
        disabled={!complete}
        onClick={async () => {
          const done = await run(() => save.mutateAsync({ body: { key, name: name.trim(), share, until } }), t('manageSaved'))
          if (done) onSaved()
        }}
      >
        {t('manageSave')}
      </Button>
    </div>
  )
}
