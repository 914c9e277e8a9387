import {
  ApartmentOutlined,
  ApiOutlined,
  BranchesOutlined,
  CalendarOutlined,
  ClockCircleOutlined,
  EditOutlined,
  EyeOutlined,
  GiftOutlined,
  HourglassOutlined,
  LoginOutlined,
  LogoutOutlined,
  MessageOutlined,
  MobileOutlined,
  PercentageOutlined,
  PlayCircleOutlined,
  ReloadOutlined,
  SolutionOutlined,
  StopOutlined,
  TagOutlined,
  UsergroupDeleteOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { type NodeCounters, waitingKinds } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Handle, type NodeProps, Position, useUpdateNodeInternals } from '@xyflow/react'
import { type ReactNode, useEffect } from 'react'
import { useLanguage, useT } from '../../i18n/index.ts'
import { formatNumber } from '../../ui/index.ts'
import { channelsTaken } from '../words/send-words.ts'
import { journeyTexts } from '../words/texts.ts'
import type { CountersSource, EntranceNode, StepData, StepNode } from './flow-elements.ts'
import { nodeWidth, wayShare } from './layout.ts'

const icons: Record<StepData['kind'], ReactNode> = {
  send: <MessageOutlined />,
  wait: <ClockCircleOutlined />,
  wait_event: <HourglassOutlined />,
  wait_until: <CalendarOutlined />,
  condition: <BranchesOutlined />,
  branch: <ApartmentOutlined />,
  split: <PercentageOutlined />,
  holdout: <UsergroupDeleteOutlined />,
  grant: <GiftOutlined />,
  set_tag: <TagOutlined />,
  set_attribute: <EditOutlined />,
  start_journey: <LoginOutlined />,
  stop_journey: <LogoutOutlined />,
  webhook: <ApiOutlined />,
  wait_rule: <EyeOutlined />,
  repeat_check: <ReloadOutlined />,
  human_task: <SolutionOutlined />,
  exit: <StopOutlined />,
}

/** A step's card: what kind, what it is called, what it does; when live, how many people. */
export function StepCard({ id, data, selected, width = nodeWidth }: NodeProps<StepNode>) {
  const t = useT(journeyTexts)
  const { kind, exits, channel, name, summary, leaving, problems, counters, source, counted } = data
  const title = name || t(`kind_${kind}`)
  const measure = useUpdateNodeInternals()
  const places = `${exits.join(' ')} ${width}`
  // The canvas looks for the ways out when a card is new, and not again when it gets another one.
  useEffect(() => {
    if (places !== '') measure(id)
  }, [measure, id, places])
  return (
    <div
      style={{ width }}
      className={`flow-card flow-${kind}${selected ? ' flow-selected' : ''}${problems.length > 0 ? ' flow-wrong' : ''}${data.found ? ' flow-found' : ''}${data.mark === null ? '' : ` flow-mark-${data.mark}`}`}
    >
      <Handle type="target" position={Position.Top} />
      <div className="flow-head">
        <span className="flow-icon">{channel === 'popup' ? <MobileOutlined /> : icons[kind]}</span>
        <span className="flow-title" title={title}>
          {title}
        </span>
        {name !== '' && <span className="flow-kind">{t(`kind_${kind}`)}</span>}
        {leaving !== '' && (
          <span className="flow-leaving" title={t('exitsLine', { exits: leaving })}>
            <LogoutOutlined aria-label={t('exitsLine', { exits: leaving })} />
          </span>
        )}
        {problems.length > 0 && (
          <span className="flow-problem" title={problems.join('\n')}>
            <WarningOutlined /> {problems.length}
          </span>
        )}
      </div>
      <div
        className={`flow-summary${counted ? ' flow-summary-one' : ''}${data.state === null ? '' : ' flow-state'}`}
        title={data.state === null ? summary : `${data.state}\n${summary}`}
      >
        {problems[0] ?? data.state ?? summary}
      </div>
      {counted && <Counters source={source} node={id} counters={counters} kind={kind} />}
      {exits.map((field, i) => (
        <Handle key={field} type="source" id={field} position={Position.Bottom} style={{ left: width * wayShare(i, exits.length) }} />
      ))}
    </div>
  )
}

const outcomes = {
  entered: 'entered',
  waiting: 'waiting',
  passed: 'passed',
  timedOut: 'timed_out',
  failed: 'failed',
  left: 'left',
  moved: 'moved',
} as const
type CountName = keyof typeof outcomes

interface CountersProps {
  source: CountersSource | null
  node: string
  counters: NodeCounters | null
  kind: StepData['kind']
}

/** The numbers that say most about a kind of step, each opening its people; zeros of the rarer ones are left out. */
function Counters({ source, node, counters, kind }: CountersProps) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const waits = waitingKinds.some((one) => one === kind)
  const always: CountName[] = waits ? ['entered', 'waiting'] : ['entered']
  const some: CountName[] = ['timedOut', 'failed', 'left', 'moved']
  const waiting = (kind === 'send' || kind === 'split') && (counters?.waiting ?? 0) > 0 ? (['waiting'] as const) : []
  const channels = kind === 'send' ? channelsTaken(counters?.ways ?? [], language) : ''
  const shown = [...always, ...waiting, ...some.filter((name) => (counters?.[name] ?? 0) > 0)]
  return (
    <div className="flow-counters">
      {shown.map((name) => {
        const words = (
          <>
            <b className="num">{formatNumber(counters?.[name] ?? 0, language, { short: true })}</b> {t(`count_${name}`)}
          </>
        )
        const look = `flow-count flow-count-${name}`
        if (source === null)
          return (
            <span key={name} className={look}>
              {words}
            </span>
          )
        return (
          <Link
            key={name}
            to="/people"
            search={{ ...source, node, outcome: outcomes[name] }}
            className={`${look} nodrag nopan`}
            title={t('countOpen')}
            // The card around it would be chosen instead.
            onClick={(event) => event.stopPropagation()}
          >
            {words}
          </Link>
        )
      })}
      {channels !== '' && <span className="flow-count">{channels}</span>}
    </div>
  )
}

/** Where people come in: the trigger, and what makes them leave early. */
export function EntranceCard({ data, selected }: NodeProps<EntranceNode>) {
  const t = useT(journeyTexts)
  return (
    <div
      style={{ width: nodeWidth }}
      className={`flow-card flow-entrance${selected ? ' flow-selected' : ''}${data.problems.length > 0 ? ' flow-wrong' : ''}`}
    >
      <div className="flow-head">
        <span className="flow-icon">
          <PlayCircleOutlined />
        </span>
        <span className="flow-title">{t('kind_trigger')}</span>
        {data.problems.length > 0 && (
          <span className="flow-problem" title={data.problems.join('\n')}>
            <WarningOutlined /> {data.problems.length}
          </span>
        )}
      </div>
      <div className="flow-summary flow-summary-one" title={data.trigger}>
        {data.problems[0] ?? data.trigger}
      </div>
      {data.exits !== '' && (
        <div className="flow-exits" title={data.exits}>
          {t('exitsLine', { exits: data.exits })}
        </div>
      )}
      <Handle type="source" id="next" position={Position.Bottom} />
    </div>
  )
}
