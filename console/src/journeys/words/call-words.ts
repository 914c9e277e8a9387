import { callDepthMax, type JourneyNode } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import type { JourneyNaming } from './node-words.ts'
import type { RunStep } from './step-words.ts'

// Steps that start or stop another journey, in words.

type Node<Kind extends JourneyNode['kind']> = Extract<JourneyNode, { kind: Kind }>
type Naming = Pick<JourneyNaming, 'language' | 'journey'>

export function startSummary({ journey }: Node<'start_journey'>, { language, journey: nameOf }: Naming): string {
  const zh = language === 'zh'
  if (journey === '') return zh ? '还没选流程' : 'No journey yet'
  return zh ? `送入「${nameOf(journey)}」` : `Into “${nameOf(journey)}”`
}

export function stopSummary({ journey }: Node<'stop_journey'>, { language, journey: nameOf }: Naming): string {
  const zh = language === 'zh'
  if (journey === '') return zh ? '还没选流程' : 'No journey yet'
  if (journey === undefined) return zh ? '退出本流程的其他进程' : 'Other runs in this journey'
  return zh ? `退出「${nameOf(journey)}」` : `Out of “${nameOf(journey)}”`
}

const reasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  not_found: { zh: '流程不存在', en: 'there is no such journey' },
  draft: { zh: '流程还没上线', en: 'the journey is not live yet' },
  paused: { zh: '流程暂停中', en: 'the journey is paused' },
  archived: { zh: '流程已归档', en: 'the journey is archived' },
  other_trigger: { zh: '它的触发方式不是由别的流程送入', en: 'it begins in another way' },
  too_deep: { zh: `流程之间已经接连送了 ${callDepthMax} 次`, en: `journeys have started each other ${callDepthMax} times in a row` },
}

const reasonOf = ({ details }: RunStep, language: Language): string => {
  const reason = String(details.reason ?? '')
  return reasons[reason]?.[language] ?? reason
}

export function startPassed(step: RunStep, node: Node<'start_journey'>, { language, journey: nameOf }: Naming): string {
  const zh = language === 'zh'
  const name = nameOf(node.journey)
  if (step.details.done === true)
    return zh ? `已送往「${name}」（进没进由它的进入条件决定）` : `Sent into “${name}” (its own entry rules decide)`
  const why = reasonOf(step, language)
  return zh ? `没能送入「${name}」：${why}，走“没送进”` : `“${name}” did not take the customer: ${why}; took “not taken”`
}

export function stopPassed(step: RunStep, node: Node<'stop_journey'>, { language, journey: nameOf }: Naming): string {
  const zh = language === 'zh'
  const name =
    node.journey === undefined
      ? zh
        ? '本流程的其他进程'
        : 'other runs in this journey'
      : zh
        ? `「${nameOf(node.journey)}」`
        : `“${nameOf(node.journey)}”`
  if (step.details.done === true) return zh ? `已让用户退出${name}` : `Took the customer out of ${name}`
  const why = reasonOf(step, language)
  return zh ? `没有退出${name}：${why}` : `Did not take the customer out of ${name}: ${why}`
}

/** The journey whose run did something to this one; null: none did. */
export function callerOf(told: unknown): string | null {
  if (typeof told !== 'object' || told === null || !('caller' in told)) return null
  const { caller } = told
  if (typeof caller !== 'object' || caller === null || !('journeyId' in caller)) return null
  return typeof caller.journeyId === 'string' ? caller.journeyId : null
}
