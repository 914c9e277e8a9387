import { Alert, Button, Modal, Select, Typography } from 'antd'
import { useState } from 'react'
import { useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { uiTexts, useRun } from '../../ui/index.ts'
import { endpointTexts } from './texts.ts'

/** A secret, this once. */
export function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useT(endpointTexts)
  const ui = useT(uiTexts)
  return (
    <Modal open title={t('secret')} onCancel={onClose} footer={<Button onClick={onClose}>{ui('close')}</Button>} mask={{ closable: false }}>
      <div className="stack">
        <Alert type="warning" showIcon title={t('secretOnce')} description={t('secretOnceText')} />
        <Typography.Text code copyable={{ text: secret }} className="key-once">
          {secret}
        </Typography.Text>
      </div>
    </Modal>
  )
}

const graces = [0, 1, 24, 72, 168]

/** Asks how long the old secret stays valid, then shows the new one. */
export function RotateSecret({ endpointKey, onClose }: { endpointKey: string; onClose: () => void }) {
  const t = useT(endpointTexts)
  const run = useRun()
  const [graceHours, setGrace] = useState(24)
  const [secret, setSecret] = useState<string | null>(null)
  const rotate = useMutate('webhookEndpointSecret', { refresh: ['webhookEndpoint', 'webhookEndpoints'] })
  if (secret !== null) return <SecretOnce secret={secret} onClose={onClose} />
  const doIt = () => run(async () => setSecret((await rotate.mutateAsync({ params: { key: endpointKey }, body: { graceHours } })).secret))
  return (
    <Modal open title={t('rotate')} okText={t('rotate')} confirmLoading={rotate.isPending} onOk={() => void doIt()} onCancel={onClose}>
      <p>{t('rotateText')}</p>
      <div className="row">
        <span>{t('grace')}</span>
        <Select
          value={graceHours}
          aria-label={t('grace')}
          style={{ width: 140 }}
          options={graces.map((hours) => ({ value: hours, label: hours === 0 ? t('graceNone') : t('graceHours', { hours }) }))}
          onChange={setGrace}
        />
      </div>
    </Modal>
  )
}
