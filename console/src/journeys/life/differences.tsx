import {
  compareJourneys,
  type FieldChange,
  isDifferent,
  type JourneyDefinition,
  type JourneyDetail,
  type JourneyNode,
  nodeChanges,
  settingsChanges,
} from '@chaoxi/contract'
import { Select } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { Loaded } from '../../ui/index.ts'
import { FlowCanvas, type Shown } from '../canvas/flow-canvas.tsx'
import { mergedJourney } from '../canvas/merged.ts'
import { type JourneyNaming, nodeSummary, nodeTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'

const noProblems: [] = []
/** In the place of a version's number. */
const draft = 0

/** Two versions of a journey, or a version and the draft, on one canvas, and what is different in words. */
export function Differences({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const numbers = journey.versions.map(({ version }) => version)
  const [after, setAfter] = useState(draft)
  const [before, setBefore] = useState(journey.version ?? numbers[0] ?? draft)
  const label = (version: number) => (version === draft ? t('compareDraft') : t('versionLine', { version }))
  const options = [draft, ...numbers].map((value) => ({ value, label: label(value) }))
  const older = useVersion(journey, before)
  const newer = useVersion(journey, after)
  return (
    <>
      <div className="row">
        <Select value={before} options={options} onChange={setBefore} aria-label={t('compareBefore')} popupMatchSelectWidth={false} />
        <span className="muted">→</span>
        <Select value={after} options={options} onChange={setAfter} aria-label={t('compareAfter')} popupMatchSelectWidth={false} />
      </div>
      <Loaded query={older}>{(from) => <Loaded query={newer}>{(to) => <Drawn before={from} after={to} />}</Loaded>}</Loaded>
    </>
  )
}

function useVersion(journey: JourneyDetail, version: number) {
  const { data, error, refetch } = useEndpoint(
    'journeyVersion',
    { params: { id: journey.id, version: Math.max(1, version) } },
    { enabled: version !== draft },
  )
  if (version === draft) return { data: journey.draft, error: null, refetch }
  // While another version is on its way the last one is still there.
  return { data: data?.version === version ? data.definition : undefined, error, refetch }
}

function Drawn({ before, after }: { before: JourneyDefinition; after: JourneyDefinition }) {
  const t = useT(journeyTexts)
  const naming = useJourneyNaming()
  const [selected, setSelected] = useState<readonly string[]>([])
  const [shown, setShown] = useState<Shown | null>(null)
  const merged = useMemo(() => mergedJourney(before, after), [before, after])
  const difference = compareJourneys(after, before)
  if (!isDifferent(difference)) return <p className="muted">{t('compareSame')}</p>
  const show = (id: string) => {
    setSelected([id])
    setShown({ id, time: Date.now(), centre: true })
  }
  const old = new Map(before.nodes.map((node) => [node.id, node]))
  const line = (node: JourneyNode, mark: 'added' | 'removed' | 'changed') => (
    <li key={node.id}>
      <button type="button" className={`diff-line diff-${mark}`} onClick={() => show(node.id)} data-diff={node.id}>
        <b>{t(marks[mark])}</b> {nodeTitle(node, naming)}
      </button>
      {mark === 'changed' && <Changed before={old.get(node.id)} after={node} naming={naming} />}
    </li>
  )
  return (
    <div className="journey-board diff-board">
      <div className="journey-canvas">
        <FlowCanvas
          definition={merged.definition}
          naming={naming}
          problems={noProblems}
          selected={selected}
          onSelect={setSelected}
          shown={shown}
          merged={merged}
        />
      </div>
      <aside className="journey-side">
        <ul className="problem-list">
          {difference.settings && (
            <li>
              {t('compareSettings')}
              <Fields changes={settingsChanges(before, after)} />
            </li>
          )}
          {difference.added.map((node) => line(node, 'added'))}
          {difference.changed.map((node) => line(node, 'changed'))}
          {difference.removed.map((node) => line(node, 'removed'))}
        </ul>
      </aside>
    </div>
  )
}

const marks = { added: 'compareAdded', removed: 'compareRemoved', changed: 'compareChanged' } as const

/** In plain words where the summary says it, else field by field. */
function Changed({ before, after, naming }: { before: JourneyNode | undefined; after: JourneyNode; naming: JourneyNaming }) {
  if (before === undefined) return null
  const [was, is] = [nodeSummary(before, naming), nodeSummary(after, naming)]
  return was === is ? <Fields changes={nodeChanges(before, after)} /> : <Became was={was} is={is} />
}

const Became = ({ was, is }: { was: string; is: string }) => (
  <div className="muted">
    <s>{was}</s> → {is}
  </div>
)

const shownOf = (value: unknown) => (value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value))

function Fields({ changes }: { changes: readonly FieldChange[] }) {
  return changes.map(({ path, before, after }) => (
    <div key={path} className="muted diff-field">
      <code>{path}</code> <s>{shownOf(before)}</s> → {shownOf(after)}
    </div>
  ))
}
