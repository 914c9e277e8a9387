import type { JourneyNode } from '@chaoxi/contract'
import { ruleSentence } from '../../rules/rule-sentence.ts'
import { durationWords } from './duration-words.ts'
import { conditionSentence, type JourneyNaming } from './node-words.ts'
import type { RunStep } from './step-words.ts'

// Steps at which people wait until a condition holds, in words.

type Node<Kind extends JourneyNode['kind']> = Extract<JourneyNode, { kind: Kind }>

export function waitRuleSummary(node: Node<'wait_rule'>, naming: JourneyNaming): string {
  const time = durationWords(node.timeout, naming.language)
  const sentence = conditionSentence(node, naming)
  if (node.since === 'entry')
    return naming.language === 'zh'
      ? `等到${sentence}，最晚到进入后 ${time}`
      : `Until it holds: ${sentence}; at the latest ${time} after the entry`
  return naming.language === 'zh' ? `等到${sentence}，最多 ${time}` : `Until it holds: ${sentence}; at most ${time}`
}

export function repeatSummary({ rule, every, times }: Node<'repeat_check'>, naming: JourneyNaming): string {
  const time = durationWords(every, naming.language)
  const sentence = ruleSentence(rule, naming)
  return naming.language === 'zh' ? `每 ${time}看一次，最多 ${times} 次：${sentence}` : `Every ${time}, at most ${times} times: ${sentence}`
}

/** The condition held: at once, or after a wait. */
export function waitRulePassed({ details }: RunStep, node: Node<'wait_rule'>, naming: JourneyNaming): string {
  const sentence = conditionSentence(node, naming)
  const waited = details.since !== undefined
  if (naming.language === 'zh') return waited ? `等到了：${sentence}` : `已经满足，马上继续：${sentence}`
  return waited ? `It came to hold: ${sentence}` : `It held already: ${sentence}`
}

export function waitRuleTimedOut(node: Node<'wait_rule'>, { language }: JourneyNaming): string {
  const time = durationWords(node.timeout, language)
  return language === 'zh' ? `等满 ${time}没有满足，走“超时”` : `Did not hold within ${time}: took “timed out”`
}

export function repeatPassed({ details }: RunStep, node: Node<'repeat_check'>, naming: JourneyNaming): string {
  const looks = Number(details.looks ?? 1)
  const sentence = ruleSentence(node.rule, naming)
  return naming.language === 'zh' ? `第 ${looks} 次检查时满足：${sentence}` : `Held at look ${looks}: ${sentence}`
}

export function repeatTimedOut({ details }: RunStep, { language }: JourneyNaming): string {
  const looks = Number(details.looks ?? 1)
  return language === 'zh' ? `检查了 ${looks} 次都没满足，走“一直没满足”` : `Did not hold in ${looks} looks: took “never held”`
}
