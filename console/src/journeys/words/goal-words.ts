import { type JourneyGoal, mainGoalId } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { translator } from '../../i18n/texts.ts'
import { eventName } from '../../rules/event-names.ts'
import { matchSentence } from '../../rules/rule-sentence.ts'
import { durationWords } from './duration-words.ts'
import { goalTexts } from './goal-texts.ts'

/** How a goal is called: its name, else its place. */
export function goalName({ id, name }: { id: string; name: string }, index: number, language: Language): string {
  const t = translator(goalTexts, language)
  if (name !== '') return name
  return id === mainGoalId ? t('goalMain') : t('goalOther', { n: index + 1 })
}

/** 进入后 3 天内支付订单 */
export function goalSentence(goal: JourneyGoal, language: Language): string {
  const t = translator(goalTexts, language)
  const event = matchSentence({ event: goal.event, filters: goal.filters ?? [] }, language)
  return t(`within_${goal.since ?? 'entry'}`, {
    time: durationWords(goal.window, language),
    event: event || eventName(goal.event, language),
  })
}
