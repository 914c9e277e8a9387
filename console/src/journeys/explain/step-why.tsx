import type { JourneyDefinition } from '@chaoxi/contract'
import { useEndpoint } from '../../api/hooks.ts'
import { JsonView, Loaded } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { wayTitle } from '../words/node-words.ts'
import type { RunStep } from '../words/step-words.ts'
import { EvaluationView } from './evaluation-view.tsx'
import { useWords } from './use-words.ts'

interface StepWhyProps {
  journeyId: string
  runId: string
  place: number
  step: RunStep
  definition: JourneyDefinition
}

/** What decided one line of a story: the rules with what they saw then, and below them the record itself. */
export function StepWhy({ journeyId, runId, place, step, definition }: StepWhyProps) {
  const { t, naming } = useWords()
  const query = useEndpoint('journeyRunWhy', { params: { id: journeyId, run: runId }, query: { step: place } })
  const node = nodeOf(definition, step.nodeId)
  return (
    <div className="stack">
      <Loaded query={query}>
        {({ evaluations }) =>
          evaluations.length === 0 ? (
            <p className="muted">{t('whyNone')}</p>
          ) : (
            evaluations.map((one) => (
              <EvaluationView
                key={`${one.place} ${one.name}`}
                evaluation={one}
                wayName={(way) => (node === undefined ? way : wayTitle(node, way, naming.language))}
              />
            ))
          )
        }
      </Loaded>
      {Object.keys(step.details).length > 0 && (
        <details>
          <summary className="muted">{t('recorded')}</summary>
          <JsonView value={step.details} maxHeight={220} />
        </details>
      )}
    </div>
  )
}
