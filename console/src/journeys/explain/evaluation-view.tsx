import type { Evaluation } from '@chaoxi/contract'
import { ruleSentence } from '../../rules/rule-sentence.ts'
import { type Tone, ToneText } from '../../ui/index.ts'
import { useWords } from './use-words.ts'
import { answerWord, differs, seenWords } from './words.ts'

const toneOf = (holds: boolean | null): Tone => (holds === null ? 'warn' : holds ? 'good' : 'bad')
const signOf = (holds: boolean | null) => (holds === null ? '?' : holds ? '✓' : '✗')

/** A rule asked of one customer: each condition with what it saw. `wayName`: what a way out is called. */
export function EvaluationView({ evaluation, wayName }: { evaluation: Evaluation; wayName?: (way: string) => string }) {
  const words = useWords()
  const { t, naming, time } = words
  const { place, name, recorded, inputs } = evaluation
  const title = t(`place_${place}`, { name: place === 'exit' ? Number(name) + 1 : place === 'way' ? (wayName?.(name) ?? name) : name })
  const single = inputs.parts.length === 1 && inputs.parts[0]?.rule === inputs.rule
  return (
    <section className="why-evaluation" data-evaluation={place}>
      <div className="row">
        <strong>{title}</strong>
        <ToneText tone={toneOf(recorded ?? inputs.holds)}>
          {recorded === null ? answerWord(inputs.holds, words) : t(recorded ? 'recordedYes' : 'recordedNo')}
        </ToneText>
        <span className="muted">{t('asOf', { time: time(inputs.at) })}</span>
      </div>
      {!single && inputs.parts.length > 1 && <div className="muted">{ruleSentence(inputs.rule, naming)}</div>}
      <ul className="why-parts">
        {inputs.parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions of one rule keep their order
          <li key={index}>
            <ToneText tone={toneOf(part.holds)}>{signOf(part.holds)}</ToneText>
            <span>{ruleSentence(part.rule, naming)}</span>
            <span className="muted">{seenWords(part.seen, words)}</span>
          </li>
        ))}
      </ul>
      {differs(evaluation) && <p className="problem">{t('differs')}</p>}
    </section>
  )
}
