import { type JourneyDefinition, type JourneyNode, type Output, waitDaysMax } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { eventName } from '../../rules/event-names.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { callerOf, startPassed, stopPassed } from './call-words.ts'
import { repeatPassed, repeatTimedOut, waitRulePassed, waitRuleTimedOut } from './check-words.ts'
import { attributePassed, grantPassed, tagPassed } from './deed-words.ts'
import { durationWords } from './duration-words.ts'
import { holdoutPassed, splitPassed } from './lot-words.ts'
import { conditionSentence, exitWordOfWay, type JourneyNaming, namedSteps, nodeSummary, nodeTitle } from './node-words.ts'
import { reasonWords } from './reason-words.ts'
import { sendPassed } from './send-words.ts'
import { taskPassed, taskTimedOut } from './task-words.ts'
import { enteredBecause } from './trigger-words.ts'
import { hourWords } from './until-words.ts'
import { webhookPassed } from './webhook-words.ts'

export type RunStep = Output<'journeyRunSteps'>['steps'][number]

/** One line of a customer's story in plain words: what happened at the node, and what decided it. */
export function stepSentence(step: RunStep, definition: JourneyDefinition, named: JourneyNaming): string {
  const naming = namedSteps(definition, named)
  const zh = naming.language === 'zh'
  const node = nodeOf(definition, step.nodeId)
  const until = time(step.details.until, naming)
  const what = node === undefined ? step.nodeId : node.name || nodeSummary(node, naming)
  switch (step.outcome) {
    case 'entered': {
      const start = enteredBecause(step.details.trigger, naming)
      if (node?.kind === 'wait_until' && until !== null) {
        const hour = bestHourWords(step.details.hour, naming.language)
        return zh ? `${start}开始等待：${what}，${hour}等到 ${until}` : `${start}Began to wait: ${what}, ${hour}until ${until}`
      }
      if (node?.kind === 'human_task' && until !== null)
        return zh ? `${start}派出待办：${what}，${until} 前完成` : `${start}A task was given: ${what}, due ${until}`
      if (node?.kind === 'wait' || node?.kind === 'wait_event' || (node?.kind === 'wait_rule' && until !== null)) {
        const wait = until === null ? '' : zh ? `，最晚等到 ${until}` : `, until ${until} at the latest`
        return zh ? `${start}开始等待：${what}${wait}` : `${start}Began to wait: ${what}${wait}`
      }
      if (node?.kind === 'split' && until !== null)
        return zh
          ? `${start}停在「${what}」，等试出最好的一路，最晚 ${until}`
          : `${start}Waits at “${what}” for the best way, until ${until}`
      return zh ? `${start}来到：${what}` : `${start}Came to: ${what}`
    }
    case 'passed':
      return passedWords(step, definition, naming, what)
    case 'timed_out':
      if (node?.kind === 'wait_rule') return waitRuleTimedOut(node, naming)
      if (node?.kind === 'repeat_check') return repeatTimedOut(step, naming)
      if (node?.kind === 'human_task') return taskTimedOut(node, naming.language)
      return node?.kind === 'wait_event'
        ? zh
          ? `等满 ${durationWords(node.timeout, 'zh')} 没有发生，走“超时”`
          : `Nothing within ${durationWords(node.timeout, 'en')}: took “timed out”`
        : zh
          ? '等待超时'
          : 'The wait timed out'
    case 'left':
      return leftWords(step, naming)
    case 'moved': {
      const { fromVersion, toVersion } = step.details
      return zh ? `从第 ${fromVersion} 版转到第 ${toVersion} 版` : `Went from version ${fromVersion} into version ${toVersion}`
    }
    case 'by_hand':
      if (step.details.exited === true) return zh ? '失败之后已满足退出条件，没有重试' : 'Not tried again: an exit condition was met since'
      if (step.details.action === 'retry') return zh ? '同事让其重试' : 'A colleague let it try again'
      return zh ? '同事放弃了这次失败' : 'A colleague gave it up'
    case 'failed': {
      const reason = reasonWords(typeof step.details.reason === 'string' ? step.details.reason : '', naming.language)
      return zh ? `没能继续：${reason}` : `Could not go on: ${reason}`
    }
    default:
      return `${what} · ${step.outcome}`
  }
}

function passedWords(step: RunStep, definition: JourneyDefinition, naming: JourneyNaming, what: string): string {
  const zh = naming.language === 'zh'
  const node = nodeOf(definition, step.nodeId)
  switch (node?.kind) {
    case 'send':
      return sendPassed(step, node, naming)
    case 'wait':
      return zh ? '等待结束，继续下一步' : 'The wait was over'
    case 'wait_event': {
      const event = eventName(node.match.event, naming.language)
      return zh ? `等到了：${event}，走“发生了”` : `It happened: ${event}`
    }
    case 'wait_rule':
      return waitRulePassed(step, node, naming)
    case 'repeat_check':
      return repeatPassed(step, node, naming)
    case 'grant':
      return grantPassed(step, node, naming)
    case 'set_tag':
      return tagPassed(step, node, naming)
    case 'set_attribute':
      return attributePassed(step, node, naming)
    case 'start_journey':
      return startPassed(step, node, naming)
    case 'stop_journey':
      return stopPassed(step, node, naming)
    case 'human_task':
      return taskPassed(step, node, naming.language, naming.who ?? ((account) => account))
    case 'webhook':
      return webhookPassed(step, node, naming)
    case 'wait_until':
      return untilPassed(step, node, naming)
    case 'branch':
      return branchPassed(step, node, naming)
    case 'split':
      return splitPassed(step.details, takenWord(step, node, naming.language), naming.language)
    case 'holdout':
      return holdoutPassed(step.details.way, naming.language)
    case 'condition': {
      const holds = step.details.holds === true
      return zh ? `${holds ? '满足' : '不满足'}条件：${what}` : `${holds ? 'Yes' : 'No'}: ${what}`
    }
    case 'exit':
      return zh ? `流程结束：${node.result || nodeTitle(node, naming)}` : `The end: ${node.result || nodeTitle(node, naming)}`
    default:
      return zh ? `通过：${what}` : `Passed: ${what}`
  }
}

/** The word of the way that a line of the story names. */
function takenWord(step: RunStep, node: JourneyNode, language: Language): string {
  const way = String(step.details.way ?? '')
  return exitWordOfWay(node, way, language) ?? way
}

function branchPassed(step: RunStep, node: Extract<JourneyNode, { kind: 'branch' }>, naming: JourneyNaming): string {
  const zh = naming.language === 'zh'
  const way = node.ways.find(({ id }) => id === step.details.way)
  if (way === undefined) return zh ? '各路的条件都不满足，走“其余”' : 'None of the ways held: took “others”'
  const word = takenWord(step, node, naming.language)
  return zh ? `走“${word}”：${conditionSentence(way, naming)}` : `Took “${word}”: ${conditionSentence(way, naming)}`
}

/** Of a best hour: what it is for this customer. */
function bestHourWords(hour: unknown, language: Language): string {
  if (hour === undefined) return ''
  if (typeof hour !== 'number') return language === 'zh' ? '记录不够，按默认时段，' : 'too little is known, by the default, '
  return language === 'zh' ? `这个人是 ${hourWords(hour)}，` : `for this customer ${hourWords(hour)}, `
}

const dateReasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  missing: { zh: '没有这个日期', en: 'there is no such date' },
  past: { zh: '日期已经过了', en: 'the date is over' },
  too_far: { zh: `日期在 ${waitDaysMax} 天以后`, en: `the date is more than ${waitDaysMax} days away` },
}

function untilPassed(step: RunStep, node: Extract<JourneyNode, { kind: 'wait_until' }>, { language }: JourneyNaming): string {
  const zh = language === 'zh'
  const { reason, until } = step.details
  if (typeof reason === 'string') {
    const why = dateReasons[reason]?.[language] ?? reason
    const word = takenWord(step, node, language)
    return zh ? `没有等：${why}，走“${word}”` : `Did not wait: ${why}; took “${word}”`
  }
  if (until === undefined) return zh ? '正在时段内，马上继续' : 'Within the hours: went on at once'
  return zh ? '时间到了，继续下一步' : 'The time had come'
}

const leftReasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  exit_event: { zh: '发生了退出行为', en: 'an event that ends the journey' },
  exit_rule: { zh: '满足了退出条件', en: 'a condition that ends the journey' },
  exit_event_here: { zh: '停在这一步时发生了退出行为', en: 'an event that ends the journey at this step' },
  exit_rule_here: { zh: '停在这一步时满足了退出条件', en: 'a condition that ends the journey at this step' },
  goal: { zh: '达成了目标', en: 'the goal was reached' },
  version_replaced: { zh: '流程换了新版本', en: 'a new version replaced its own' },
  merged: { zh: '与另一个用户合并', en: 'merged with another customer' },
  archived: { zh: '流程被归档', en: 'the journey was archived' },
  stopped_by_journey: { zh: '被别的流程叫停', en: 'stopped by another journey' },
  by_hand: { zh: '同事让其离开', en: 'a colleague let them leave' },
  held: { zh: '被留出，不触达', en: 'held out' },
  journey_archived: { zh: '流程被归档', en: 'the journey was archived' },
}

/** Exits without a result are told by their ids, which say nothing. */
const plainExit = /^(end|exit)(_\d+)?$/

/** Why a run ended early, by the result's first word (`exit_rule.0`; of a step's own condition `exit_rule.<step>.0`). */
export function resultWords(result: string, language: Language): string {
  if (plainExit.test(result)) return language === 'zh' ? '走到结束' : 'came to the end'
  const [head = '', ...place] = result.split('.')
  return leftReasons[place.length > 1 ? `${head}_here` : head]?.[language] ?? result
}

function leftWords(step: RunStep, { language, journey }: JourneyNaming): string {
  const caller = callerOf(step.details.by)
  const by = caller === null ? '' : language === 'zh' ? `（「${journey(caller)}」）` : ` (“${journey(caller)}”)`
  const result = typeof step.details.result === 'string' ? `${resultWords(step.details.result, language)}${by}` : ''
  if (language === 'zh') return `中途退出${result === '' ? '' : `：${result}`}，后面的消息不再发`
  return `Left early${result === '' ? '' : `: ${result}`}; nothing more is sent`
}

function time(value: unknown, naming: JourneyNaming): string | null {
  return typeof value === 'string' ? localMinute(value, naming.timeZone) : null
}
