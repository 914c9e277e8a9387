import { csvOf } from './csv.ts'
import type { TrialReport } from './journey-trial.ts'

const columns = ['person', 'user_id', 'at', 'what', 'step', 'outcome', 'reason', 'text', 'recipient', 'state']

/** A line for each step, message, deed and happening of each person, in order of time. */
export function trialCsv({ participants }: Pick<TrialReport, 'participants'>): string {
  const lines = participants.flatMap(({ person, story }) => {
    if (story === null) return []
    const rows = [
      ...story.steps.map(({ at, nodeId, outcome }) => [at, 'step', nodeId, outcome, '', '', '', '']),
      ...story.messages.map(({ at, due, queuedAt, nodeId, channel, outcome, reason, content, test }) => {
        const text = content === null ? '' : content.kind === 'sms' ? content.text : `${content.popup.title}\n${content.popup.body}`
        return [at ?? due ?? queuedAt, channel, nodeId, outcome, reason, text, test?.recipient ?? '', test?.state ?? '']
      }),
      ...story.deeds.map(({ at, nodeId, kind, what }) => [at, kind, nodeId, 'would_have', '', JSON.stringify(what), '', '']),
      ...story.made.map(({ at, nodeId, what, auto }) => [
        at,
        'made',
        nodeId ?? '',
        auto ? 'auto' : 'by_hand',
        '',
        JSON.stringify(what),
        '',
        '',
      ]),
    ]
    const sorted = rows.toSorted((a, b) => Date.parse(a[0] ?? '') - Date.parse(b[0] ?? ''))
    return sorted.map((row) => [String(person.id), person.userId ?? '', ...row])
  })
  return csvOf([columns, ...lines])
}
