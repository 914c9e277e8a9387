import type { WebhookEndpoint } from '@chaoxi/contract'
import { useT } from '../../i18n/index.ts'
import { ToneText } from '../../ui/index.ts'
import { endpointTexts } from './texts.ts'

export function EndpointState({ endpoint: { enabled, pausedWhy } }: { endpoint: WebhookEndpoint }) {
  const t = useT(endpointTexts)
  if (!enabled) return <ToneText tone="calm">{t('off')}</ToneText>
  if (pausedWhy !== null) return <ToneText tone="bad">{t(`paused_${pausedWhy}`)}</ToneText>
  return <ToneText tone="good">{t('on')}</ToneText>
}
