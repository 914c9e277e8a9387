import type { MessageState } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Select, Tag } from 'antd'
import { useEndpoint, usePages } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useStepName } from '../journeys/words/use-journey-naming.ts'
import { DataTable } from '../ui/data-table.tsx'
import { useFilters } from '../ui/filters.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { stateTexts } from '../ui/texts.ts'
import { channelNames, channelTexts } from './channel-texts.ts'
import { useMessageColumns } from './message-columns.tsx'
import { MessageDrawer } from './message-drawer.tsx'
import { commonReasons, reasonText } from './reasons.ts'
import { texts } from './texts.ts'

const refreshMs = 3_000
const states: readonly MessageState[] = ['queued', 'held', 'sending', 'sent', 'delivered', 'failed', 'dropped', 'unknown']
const noFilters = { state: '', channel: '', journey: '', node: '', reason: '', person: '' }

export function MessagesPage() {
  const t = useT(texts)
  const state = useT(stateTexts)
  const channel = useT(channelTexts)
  const language = useLanguage()
  const [{ message: opened, ...filters }, setFilters] = useFilters({ ...noFilters, message: '' })
  const journeys = useEndpoint('journeys').data?.items ?? []
  const columns = useMessageColumns({ person: true })
  const list = usePages(
    'messages',
    {
      query: {
        ...pick(states, 'state', filters.state),
        ...pick(channelNames, 'channel', filters.channel),
        ...(filters.journey ? { journey: filters.journey } : {}),
        ...(filters.journey && filters.node ? { node: filters.node } : {}),
        ...(filters.reason ? { reason: filters.reason } : {}),
        ...(/^\d+$/.test(filters.person) ? { person: Number(filters.person) } : {}),
      },
    },
    { refreshMs },
  )
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} />
      <DataTable
        list={list}
        columns={columns}
        rowKey={(message) => message.id}
        onOpen={(message) => setFilters({ message: message.id })}
        filtered={Object.values(filters).some((value) => value !== '')}
        onClearFilters={() => setFilters(noFilters)}
        toolbar={
          <>
            <Choice
              label={t('anyState')}
              value={filters.state}
              onChange={(value) => setFilters({ state: value })}
              options={states.map((value) => ({ value, label: state(value) }))}
            />
            <Choice
              label={t('anyReason')}
              width={220}
              value={filters.reason}
              onChange={(reason) => setFilters({ reason })}
              options={commonReasons.map((value) => ({ value, label: reasonText(value, language) }))}
            />
            <Choice
              label={t('anyChannel')}
              value={filters.channel}
              onChange={(value) => setFilters({ channel: value })}
              options={channelNames.map((value) => ({ value, label: channel(value) }))}
            />
            <Choice
              label={t('anyJourney')}
              width={200}
              value={filters.journey}
              onChange={(journey) => setFilters({ journey, node: '' })}
              options={journeys.map(({ id, name }) => ({ value: id, label: name }))}
            />
            {filters.journey && filters.node && (
              <StepTag journey={filters.journey} node={filters.node} onClear={() => setFilters({ node: '' })} />
            )}
            {filters.person && (
              <Tag closable onClose={() => setFilters({ person: '' })}>
                {t('ofPerson', { id: filters.person })}
              </Tag>
            )}
          </>
        }
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: <Link to="/playbooks">{t('toPlaybooks')}</Link> }}
      />
      <MessageDrawer id={opened === '' ? null : opened} onClose={() => setFilters({ message: '' })} />
    </>
  )
}

function StepTag({ journey, node, onClear }: { journey: string; node: string; onClear: () => void }) {
  const t = useT(texts)
  const step = useStepName(journey, node)
  return (
    <Tag closable onClose={onClear}>
      {t('ofStep', { step })}
    </Tag>
  )
}

/** A filter's text from the address bar, where anything may stand, as one of the values allowed. */
function pick<Name extends string, Value extends string>(allowed: readonly Value[], name: Name, text: string): { [N in Name]?: Value } {
  const found = allowed.find((value) => value === text)
  const picked: { [N in Name]?: Value } = {}
  if (found !== undefined) picked[name] = found
  return picked
}

function Choice(props: {
  label: string
  value: string
  width?: number
  onChange: (value: string) => void
  options: { value: string; label: string }[]
}) {
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: props.width ?? 130 }}
      placeholder={props.label}
      aria-label={props.label}
      value={props.value === '' ? null : props.value}
      onChange={(value: string | null | undefined) => props.onChange(value ?? '')}
      options={props.options}
    />
  )
}
