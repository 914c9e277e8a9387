import { type InsidePlan, type JourneyDefinition, type JourneyDetail, type JourneyInside, staysAt } from '@chaoxi/contract'
import { Button, Modal, Radio, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { formatNumber, ToneText, uiTexts, useRun } from '../../ui/index.ts'
import { insideTexts } from '../words/inside-texts.ts'
import { nodeTitle } from '../words/node-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'

/** `null`: those inside finish on their version. */
export type InsideChoice = InsidePlan | null

const kinds = ['finish', 'move', 'leave'] as const
const leaves = ''

export interface InsideFieldsProps {
  inside: JourneyInside
  /** The version that they would go into, and what its number is or will be. */
  definition: JourneyDefinition
  version: number
  value: InsideChoice
  onChange: (choice: InsideChoice) => void
}

const earlierIn = ({ places }: JourneyInside, version: number) => places.filter((place) => place.version < version)
const peopleIn = (places: JourneyInside['places']) => places.reduce((sum, place) => sum + place.people, 0)

/** What becomes of those inside: how many stand where, and where they go on. */
export function InsideFields({ inside, definition, version, value, onChange }: InsideFieldsProps) {
  const t = useT(insideTexts)
  const language = useLanguage()
  const kind = value?.kind ?? 'finish'
  const choose = (next: (typeof kinds)[number]) => {
    if (next === 'finish') return onChange(null)
    onChange(next === 'leave' ? { kind: 'leave' } : moveWithin(inside, definition))
  }
  return (
    <div className="stack" data-inside>
      <b>{t('inside', { people: formatNumber(peopleIn(earlierIn(inside, version)), language) })}</b>
      <Radio.Group
        value={kind}
        options={kinds.map((one) => ({ value: one, label: t(`plan_${one}`) }))}
        onChange={(event) => choose(kinds.find((one) => one === event.target.value) ?? 'finish')}
      />
      {kind !== 'move' && <p className="muted">{t(kind === 'leave' ? 'leaveHint' : 'finishHint')}</p>}
      {value?.kind === 'move' && <MoveFields inside={inside} definition={definition} version={version} value={value} onChange={onChange} />}
    </div>
  )
}

type MovePlan = Extract<InsidePlan, { kind: 'move' }>

/** Every step that is gone leads out, until somebody says where else. */
function moveWithin({ nodes }: JourneyInside, definition: JourneyDefinition): MovePlan {
  const gone = nodes.filter((node) => !staysAt(node, definition))
  return { kind: 'move', mapping: Object.fromEntries(gone.map((node) => [node.id, null])), waits: 'keep' }
}

function MoveFields({ inside, definition, version, value, onChange }: InsideFieldsProps & { value: MovePlan }) {
  const t = useT(insideTexts)
  const language = useLanguage()
  const naming = useJourneyNaming()
  const gone = inside.nodes.filter((node) => !staysAt(node, definition))
  const at = (id: string) => peopleIn(earlierIn(inside, version).filter((place) => place.nodeId === id))
  return (
    <>
      <p className="muted">{t('moveHint')}</p>
      <div className="row">
        {t('waits')}
        <Segmented
          value={value.waits}
          options={(['keep', 'replan'] as const).map((one) => ({ value: one, label: t(`waits_${one}`) }))}
          onChange={(waits) => onChange({ ...value, waits })}
        />
      </div>
      {gone.length > 0 && <b>{t('mapTitle')}</b>}
      {gone.map((node) => (
        <div key={`${node.id} ${node.kind}`} className="inside-row" data-map={node.id}>
          <span title={nodeTitle(node, naming)}>{nodeTitle(node, naming)}</span>
          <span className="muted">
            {at(node.id) === 0 ? t('mapNobody') : t('mapPeople', { people: formatNumber(at(node.id), language) })}
          </span>
          <Select
            value={value.mapping[node.id] ?? leaves}
            aria-label={t('mapTo', { step: nodeTitle(node, naming) })}
            style={{ width: '100%' }}
            options={[
              { value: leaves, label: t('mapLeave') },
              ...definition.nodes.map((one) => ({ value: one.id, label: nodeTitle(one, naming) })),
            ]}
            onChange={(target) => onChange({ ...value, mapping: { ...value.mapping, [node.id]: target === leaves ? null : target } })}
          />
        </div>
      ))}
    </>
  )
}

const refreshMs = 3_000

/** On the versions tab: who is in earlier versions, how the last plan goes, and a new one. */
export function InsideLine({ journey }: { journey: JourneyDetail }) {
  const t = useT(insideTexts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const run = useRun()
  const canPublish = useCan('journeys.publish')
  const { data } = useEndpoint('journeyInside', { params: { id: journey.id } }, { refreshMs })
  const lead = useMutate('journeyInsidePlan', { refresh: ['journeyInside', 'journey', 'journeyCounters'] })
  const [choice, setChoice] = useState<InsideChoice>(null)
  const [open, setOpen] = useState(false)
  if (data === undefined || journey.version === null || journey.live === null) return null
  const { transfer } = data
  const earlier = peopleIn(earlierIn(data, journey.version))
  const words = (one: NonNullable<typeof transfer>) => ({
    version: one.version,
    moved: formatNumber(one.moved, language),
    left: formatNumber(one.left, language),
    remaining: formatNumber(one.remaining, language),
  })
  const send = async () => {
    const plan = choice
    if (plan === null) return setOpen(false)
    if (await run(() => lead.mutateAsync({ params: { id: journey.id }, body: plan }), t('led'))) setOpen(false)
  }
  if (earlier === 0 && transfer === null) return null
  const may = canPublish && earlier > 0 && journey.share === 100 && (journey.status === 'live' || journey.status === 'paused')
  return (
    <section className="panel row" data-inside-line>
      {earlier > 0 && <span>{t('earlier', { people: formatNumber(earlier, language) })}</span>}
      {transfer !== null && (
        <ToneText tone={transfer.endedAt === null ? 'busy' : 'good'}>
          {t(transfer.endedAt === null ? 'transferGoing' : 'transferDone', words(transfer))}
        </ToneText>
      )}
      {may && <Button onClick={() => setOpen(true)}>{t('leadOn')}</Button>}
      <Modal
        open={open}
        title={t('leadTitle')}
        width={640}
        okText={t('leadDo')}
        cancelText={ui('cancel')}
        okButtonProps={{ loading: lead.isPending }}
        onOk={() => void send()}
        onCancel={() => setOpen(false)}
      >
        <InsideFields inside={data} definition={journey.live} version={journey.version} value={choice} onChange={setChoice} />
      </Modal>
    </section>
  )
}
