import type { GoalNumbers, JourneyDefinition, JourneyDetail } from '@chaoxi/contract'
import { goalsOf } from '@chaoxi/contract'
import { Button, Modal, Table } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { formatMoney } from '../../ui/format.ts'
import { formatNumber, formatRate, PeopleNumber } from '../../ui/index.ts'
import type { PeopleSearch } from '../../ui/people-number.tsx'
import { nodeOf } from '../canvas/graph-basics.ts'
import { goalTexts } from '../words/goal-texts.ts'
import { goalName, goalSentence } from '../words/goal-words.ts'
import { exitWordOfWay, type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'

/** Sums over all that was reached: rarer than the counters of the steps. */
const refreshMs = 15_000

interface Row {
  readonly key: string
  readonly title: string
  readonly entered: number | null
  readonly reached: number
  readonly moneyFen: number
  readonly people: PeopleSearch
}

/** How many reached each goal, as a line above the canvas; the details open beside it. */
export function Goals({ journey, definition, naming }: { journey: JourneyDetail; definition: JourneyDefinition; naming: JourneyNaming }) {
  const t = useT(goalTexts)
  const { language } = naming
  const { data } = useEndpoint('journeyGoals', { params: { id: journey.id } }, { refreshMs })
  const [opened, setOpened] = useState<string | null>(null)
  if (data === undefined) return null
  const goals = data.goals.map((numbers, index) => ({ numbers, name: goalName(numbers, index, language) }))
  const shown = goals.find(({ numbers }) => numbers.id === opened)
  const current = goalsOf(definition)
  return (
    <div className="journey-bar" data-goals>
      <span className="muted">{t('goalsTitle')}</span>
      {goals.map(({ numbers, name }) => {
        const goal = current.find((one) => one.id === numbers.id)
        return (
          <span key={numbers.id} data-goal={numbers.id} title={goal === undefined ? t('goalGone') : goalSentence(goal, language)}>
            {name} <PeopleNumber value={numbers.reached} search={{ journey: journey.id, stage: 'goal', goal: numbers.id }} />{' '}
            <span className="muted">
              {t('goalShare', { share: rate(numbers.reached, numbers.entered), entered: formatNumber(numbers.entered, language) })}
              {numbers.moneyFen !== 0 && ` · ${formatMoney(numbers.moneyFen, language)}`}
            </span>
            <Button type="link" size="small" onClick={() => setOpened(numbers.id)}>
              {t('goalDetails')}
            </Button>
          </span>
        )
      })}
      {shown !== undefined && (
        <Modal open title={shown.name} width={680} footer={null} onCancel={() => setOpened(null)}>
          <GoalTables journeyId={journey.id} numbers={shown.numbers} definition={definition} naming={naming} />
        </Modal>
      )}
    </div>
  )
}

const rate = (reached: number, entered: number): string => formatRate(entered === 0 ? null : reached / entered)

interface GoalTablesProps {
  journeyId: string
  numbers: GoalNumbers
  definition: JourneyDefinition
  naming: JourneyNaming
}

function GoalTables({ journeyId, numbers, definition, naming }: GoalTablesProps) {
  const t = useT(goalTexts)
  const j = useT(journeyTexts)
  const title = (nodeId: string) => {
    const node = nodeOf(definition, nodeId)
    return node === undefined ? nodeId : nodeTitle(node, naming)
  }
  const wayTitle = (nodeId: string, way: string) => {
    const node = nodeOf(definition, nodeId)
    return `${title(nodeId)} · ${(node === undefined ? null : exitWordOfWay(node, way, naming.language)) ?? way}`
  }
  const reached = { journey: journeyId, stage: 'goal', goal: numbers.id } as const
  const versions = numbers.versions.map((one) => ({
    ...{ ...one, key: `${one.version}`, title: j('versionLine', { version: one.version }) },
    people: { ...reached, version: one.version },
  }))
  const nodes = numbers.nodes.map((one) => ({
    ...one,
    key: one.nodeId ?? '',
    entered: null,
    title: one.nodeId === null ? t('nodeNone') : title(one.nodeId),
    people: { ...reached, ...(one.nodeId === null ? {} : { node: one.nodeId }) },
  }))
  const ways = numbers.ways.map((one) => ({
    ...{ ...one, key: `${one.nodeId} ${one.way}`, title: wayTitle(one.nodeId, one.way) },
    people: { ...reached, node: one.nodeId, way: one.way },
  }))
  return (
    <div className="stack">
      <GoalTable title={t('byVersion')} rows={versions} />
      <GoalTable title={t('byNode')} rows={nodes} />
      {ways.length > 0 && <GoalTable title={t('byWay')} rows={ways} />}
    </div>
  )
}

function GoalTable({ title, rows }: { title: string; rows: readonly Row[] }) {
  const t = useT(goalTexts)
  const language = useLanguage()
  return (
    <Table<Row>
      size="small"
      pagination={false}
      rowKey="key"
      dataSource={[...rows]}
      columns={[
        { title, key: 'title', render: (_, row) => row.title },
        ...(rows.some((row) => row.entered !== null)
          ? [
              {
                title: t('columnEntered'),
                key: 'entered',
                align: 'right' as const,
                render: (_: unknown, row: Row) => formatNumber(row.entered ?? 0, language),
              },
            ]
          : []),
        {
          title: t('columnReached'),
          key: 'reached',
          align: 'right',
          render: (_, row) => <PeopleNumber value={row.reached} search={row.people} />,
        },
        ...(rows.some((row) => row.entered !== null)
          ? [
              {
                title: t('columnShare'),
                key: 'share',
                align: 'right' as const,
                render: (_: unknown, row: Row) => rate(row.reached, row.entered ?? 0),
              },
            ]
          : []),
        { title: t('columnMoney'), key: 'money', align: 'right', render: (_, row) => formatMoney(row.moneyFen, language) },
      ]}
    />
  )
}
