import {
  type Attempt,
  attemptsOf,
  type BranchWay,
  type ExitCondition,
  exitsAt,
  goalsOf,
  type JourneyDefinition,
  type JourneyNode,
  journeyProblems,
  type TriggerKind,
} from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'
import { isEveryone } from '../../rules/rule-editing.ts'
import { hasErrors, ruleProblems } from '../../rules/rule-problems.ts'
import { filtersComplete, triggerProblems } from './trigger-problems.ts'

/** Something to mend before publishing: in words, at a node or (null) in the journey's settings. */
export interface JourneyProblem {
  readonly nodeId: string | null
  readonly text: string
}

/** What is known besides the drawing. */
export interface Known {
  /** Channel of each usable template by key; null while it is not loaded. */
  readonly templates: ReadonlyMap<string, string> | null
  readonly segments: ReadonlySet<string> | null
  /** With their values, if they have any. */
  readonly tags: ReadonlyMap<string, readonly string[]> | null
  /** Keys of those that people are given by hand. */
  readonly staticTags: ReadonlySet<string> | null
  /** Keys of those that can be given. */
  readonly coupons: ReadonlySet<string> | null
  /** How each journey begins that is not archived, by key. */
  readonly journeys: ReadonlyMap<string, TriggerKind> | null
  /** Addresses of colleagues who may work on tasks; null while they are not loaded. */
  readonly taskMembers: ReadonlySet<string> | null
  /** Keys of templates whose button gives a coupon that cannot be claimed (any more). */
  readonly couponless: ReadonlySet<string>
  /** Keys; null while it is not loaded. */
  readonly endpoints?: ReadonlySet<string> | null
  /** Keys of holdout groups. */
  readonly holdouts: ReadonlySet<string> | null
}

const words = {
  unreachable: { zh: '没有路径通到这一步', en: 'No path leads to this step' },
  endless: { zh: '从这一步走不到任何结束', en: 'No path leads from here to an end' },
  noExit: { zh: '流程没有结束步骤', en: 'The journey has no end' },
  circle: { zh: '形成了没有等待的循环，请在循环里加一个等待', en: 'A circle without a wait; put a wait into it' },
  dangling: { zh: '通向一个不存在的步骤', en: 'It leads to a step that does not exist' },
  twice: { zh: '有两个步骤用了同一个编号', en: 'Two steps share an id' },
  noStart: { zh: '找不到第一步', en: 'The first step does not exist' },
  template: { zh: '还没选模板', en: 'No template chosen' },
  templateGone: { zh: '模板不存在或已归档', en: 'The template does not exist or is archived' },
  templateChannel: { zh: '模板不是这个渠道的', en: 'The template is for another channel' },
  templateCoupon: {
    zh: '模板里的优惠券已归档或不存在，用户领不到',
    en: 'The template’s coupon is archived or does not exist: nobody can claim it',
  },
  taskTitle: { zh: '还没写要做什么', en: 'What is to be done is not said' },
  taskMember: { zh: '还没选同事', en: 'No colleague chosen' },
  taskMemberGone: { zh: '指定的同事已不在，或不能做待办', en: 'The colleague is gone, or may not work on tasks' },
  taskRole: { zh: '这个角色不能做待办', en: 'The role may not work on tasks' },
  coupon: { zh: '还没选优惠券', en: 'No coupon chosen' },
  couponGone: { zh: '优惠券不存在或已归档', en: 'The coupon does not exist or is archived' },
  tag: { zh: '还没选标签', en: 'No tag chosen' },
  tagGone: { zh: '标签不存在、已归档，或由规则决定', en: 'The tag does not exist, is archived, or follows from a rule' },
  attributeName: { zh: '还没填属性', en: 'No attribute given' },
  attributeProperty: { zh: '还没填触发时的属性', en: 'No property of the trigger given' },
  identifying: { zh: '手机号和邮箱用来认人，流程不能写', en: 'People are recognised by phone and email: a journey cannot write them' },
  journey: { zh: '还没选流程', en: 'No journey chosen' },
  journeyGone: { zh: '流程不存在或已归档', en: 'The journey does not exist or is archived' },
  journeyTrigger: {
    zh: '那个流程的触发方式不是“接口或别的流程送入”，送不进去',
    en: 'That journey does not begin by “a program or another journey”: it takes nobody from here',
  },
  passedOn: { zh: '带过去的属性没填完整', en: 'A property that is passed on is not complete' },
  endpoint: { zh: '还没选外部系统', en: 'No endpoint chosen' },
  endpointGone: { zh: '外部系统不存在', en: 'The endpoint does not exist' },
  webhookBody: { zh: '推送内容没填完整', en: 'A value that is sent is not complete' },
  webhookAnswer: {
    zh: '留下的答复没填完整：名称用小写字母、数字和下划线，并写明在答复里的位置',
    en: 'An answer that is kept is not complete: a name in lower-case letters, digits and _, and where it is in the answer',
  },
  webhookTwice: { zh: '推送内容或答复里有重名', en: 'Two values that are sent, or kept, share a name' },
  webhookSample: { zh: '演练用的样例和类型不符', en: 'The sample of an answer is of another type' },
  webhookLong: { zh: '重试最多 3 天', en: 'It is tried again for 3 days at most' },
  knownGone: { zh: '要用的答复没有哪一步留下', en: 'No step keeps the answer that is asked for' },
  knownLate: {
    zh: '要用的答复在后面的步骤才有，请把通知外部系统放到前面',
    en: 'The answer that is asked for is only known later: put the webhook before this step',
  },
  passedTwice: { zh: '带过去的属性重名', en: 'Two properties that are passed on share a name' },
  event: { zh: '还没选行为', en: 'No event chosen' },
  unlessEvent: { zh: '“不用再发”里有一条还没选行为', en: 'What makes it pointless lacks an event' },
  messageGone: { zh: '要看的那条消息没有对应的发送步骤', en: 'No step sends the message that is asked about' },
  filters: { zh: '属性条件没填完整', en: 'A property condition is not complete' },
  rule: { zh: '条件没填完整', en: 'The condition is not complete' },
  branchEmpty: {
    zh: '有一路的条件是空的：所有人都会走它，后面的路走不到',
    en: 'A way has an empty condition: everyone takes it, and nobody the ways below',
  },
  shares: { zh: '各路的比例加起来不是 100%', en: 'The shares do not make 100%' },
  ways: { zh: '有两路用了同一个编号', en: 'Two ways share an id' },
  controlSent: { zh: '对照组不能再收到消息，请把它接到一个结束', en: 'The control group gets nothing: lead it to an end' },
  controls: { zh: '只能有一个对照组', en: 'There is one control group at most' },
  exploreAll: { zh: '全部人都在试，没有人留给最好的一路', en: 'Everybody is spread, and nobody is left for the winner' },
  winnerLong: { zh: '试的时间和成功的时间最长 90 天', en: 'A winner is looked for within 90 days at most' },
  winnerWay: { zh: '选不出来时要走的那一路不存在', en: 'The way for when nothing is sure does not exist' },
  winnerGoal: { zh: '用来比较的目标不存在', en: 'The goal that it is measured by does not exist' },
  winnerControl: {
    zh: '对照组不发消息，不能按消息结果比，请按目标或行为',
    en: 'A control group is sent nothing: measure by a goal or an event',
  },
  holdoutNone: { zh: '还没选留出组', en: 'No holdout group chosen' },
  holdoutGone: { zh: '留出组不存在', en: 'The holdout group does not exist' },
  attribute: { zh: '还没选日期属性', en: 'No date chosen' },
  checkEmpty: { zh: '条件是空的，所有人都会马上通过', en: 'The condition is empty: everyone goes on at once' },
  ruleEmpty: { zh: '条件是空的，所有人都会走“满足”', en: 'The condition is empty: everyone takes “yes”' },
  entryRule: { zh: '进入条件没填完整', en: 'The entry condition is not complete' },
  exitEvent: { zh: '退出条件还没选行为', en: 'A way to leave has no event' },
  exitRule: { zh: '退出条件没填完整', en: 'A way to leave is not complete' },
  goal: { zh: '目标还没选行为', en: 'The goal has no event' },
  goalLong: { zh: '目标的时间最长 90 天', en: 'A goal is looked after for 90 days at most' },
  goalTwice: { zh: '有两个目标用了同一个编号', en: 'Two goals share an id' },
} as const
type Word = keyof typeof words

/** The contract's checks speak to engineers; the same in an operator's words, by what they say. */
const graphWords: readonly (readonly [RegExp, Word])[] = [
  [/another goal is called/, 'goalTwice'],
  [/nobody is looked after for longer/, 'goalLong'],
  [/is called .* too/, 'twice'],
  [/name the node that people come to first/, 'noStart'],
  [/there is no node/, 'dangling'],
  [/no node ends the journey/, 'noExit'],
  [/nobody ever comes to/, 'unreachable'],
  [/no way leads to an exit/, 'endless'],
  [/form a circle without a wait/, 'circle'],
  [/the shares make/, 'shares'],
  [/give (this way an id|this one another id)/, 'ways'],
  [/the control group gets nothing/, 'controlSent'],
  [/there is a control group already/, 'controls'],
  [/the task has no title/, 'taskTitle'],
  [/the task is for nobody yet/, 'taskMember'],
  [/the role .* may not work on tasks/, 'taskRole'],
  [/nobody is left to follow the winner/, 'exploreAll'],
  [/a winner is looked for within/, 'winnerLong'],
  [/there is no way .*name one of this split/, 'winnerWay'],
  [/the journey has no goal/, 'winnerGoal'],
  [/messages tell nothing of it/, 'winnerControl'],
  [/is no node that sends/, 'messageGone'],
  [/people are recognised by/, 'identifying'],
  [/is passed on already/, 'passedTwice'],
  [/is (sent|kept) already/, 'webhookTwice'],
  [/the sample is no/, 'webhookSample'],
  [/nobody is kept waiting for an answer/, 'webhookLong'],
  [/is only known after its webhook node/, 'knownLate'],
  [/no webhook node keeps/, 'knownGone'],
  [/a list of objects/, 'filters'],
]

export function problemsOf(definition: JourneyDefinition, known: Known, language: Language): JourneyProblem[] {
  const say = (nodeId: string | null, word: Word): JourneyProblem => ({ nodeId, text: words[word][language] })
  // Of the trigger `triggerProblems` says the same.
  const drawn = journeyProblems(definition).filter(({ path }) => !path.startsWith('trigger'))
  const graph = drawn.map(({ path, message }) => {
    const word = graphWords.find(([pattern]) => pattern.test(message))?.[1]
    const index = /^nodes\.(\d+)/.exec(path)?.[1]
    const nodeId = index === undefined ? null : (definition.nodes[Number(index)]?.id ?? null)
    return word === undefined ? { nodeId, text: message } : say(nodeId, word)
  })
  return [
    ...triggerProblems(definition.trigger, known).map((problem) => ({ nodeId: null, text: problem[language] })),
    ...settingsProblems(definition).map((word) => say(null, word)),
    ...nodeProblems(definition, known).map(([id, word]) => say(id, word)),
    ...graph,
  ]
}

function settingsProblems({ entryRule, exits, goal, goals }: JourneyDefinition): Word[] {
  const found: Word[] = []
  if (entryRule !== undefined && hasErrors(ruleProblems(entryRule))) found.push('entryRule')
  found.push(...exitProblems(exits))
  for (const { event, filters = [] } of goalsOf({ goal, goals })) {
    if (event === '') found.push('goal')
    else if (!filtersComplete(filters)) found.push('filters')
  }
  return found
}

function exitProblems(exits: readonly ExitCondition[]): Word[] {
  return exits.flatMap((exit): Word[] => {
    if (exit.kind === 'rule') return hasErrors(ruleProblems(exit.rule)) ? ['exitRule'] : []
    if (exit.event === '') return ['exitEvent']
    return filtersComplete(exit.filters) ? [] : ['filters']
  })
}

function templateProblems({ channel, template }: Attempt, known: Known): Word[] {
  if (template === '') return ['template']
  const made = known.templates?.get(template)
  if (known.templates !== null && made === undefined) return ['templateGone']
  if (made !== undefined && made !== channel) return ['templateChannel']
  return known.couponless.has(template) ? ['templateCoupon'] : []
}

function nodeProblems(definition: JourneyDefinition, known: Known): [string, Word][] {
  const found: [string, Word][] = []
  for (const node of definition.nodes) {
    found.push(...exitProblems(exitsAt(node)).map((word): [string, Word] => [node.id, word]))
    if (node.kind === 'send') {
      found.push(
        ...attemptsOf(node)
          .flatMap((attempt) => templateProblems(attempt, known))
          .map((word): [string, Word] => [node.id, word]),
      )
      for (const match of node.unless ?? []) {
        if (match.event === '') found.push([node.id, 'unlessEvent'])
        else if (!filtersComplete(match.filters)) found.push([node.id, 'filters'])
      }
    }
    if (node.kind === 'grant') {
      if (node.coupon === '') found.push([node.id, 'coupon'])
      else if (known.coupons !== null && !known.coupons.has(node.coupon)) found.push([node.id, 'couponGone'])
    }
    if (node.kind === 'set_tag') {
      if (node.tag === '') found.push([node.id, 'tag'])
      else if (known.staticTags !== null && !known.staticTags.has(node.tag)) found.push([node.id, 'tagGone'])
    }
    if (node.kind === 'set_attribute') {
      if (node.attribute === '') found.push([node.id, 'attributeName'])
      if (node.value.kind === 'trigger' && node.value.property === '') found.push([node.id, 'attributeProperty'])
    }
    if (node.kind === 'start_journey') {
      const trigger = known.journeys?.get(node.journey)
      if (node.journey === '') found.push([node.id, 'journey'])
      else if (known.journeys !== null && trigger === undefined) found.push([node.id, 'journeyGone'])
      else if (trigger !== undefined && trigger !== 'call') found.push([node.id, 'journeyTrigger'])
      const incomplete = node.properties.some(({ name, value }) => name === '' || (value.kind === 'trigger' && value.property === ''))
      if (incomplete) found.push([node.id, 'passedOn'])
    }
    if (node.kind === 'stop_journey' && node.journey !== undefined) {
      if (node.journey === '') found.push([node.id, 'journey'])
      else if (known.journeys !== null && !known.journeys.has(node.journey)) found.push([node.id, 'journeyGone'])
    }
    if (node.kind === 'human_task' && node.who.kind === 'member' && node.who.email !== '') {
      if (known.taskMembers !== null && !known.taskMembers.has(node.who.email)) found.push([node.id, 'taskMemberGone'])
    }
    if (node.kind === 'webhook') found.push(...webhookProblems(node, known).map((word): [string, Word] => [node.id, word]))
    if (node.kind === 'wait_event') {
      if (node.match.event === '') found.push([node.id, 'event'])
      if (!filtersComplete(node.match.filters)) found.push([node.id, 'filters'])
    }
    if (node.kind === 'wait_until' && node.until.kind === 'best_hour' && node.until.event === '') found.push([node.id, 'event'])
    if (node.kind === 'wait_until' && node.until.kind === 'date' && node.until.attribute === '') found.push([node.id, 'attribute'])
    if (node.kind === 'split' && node.winner?.measure.kind === 'event') {
      if (node.winner.measure.event === '') found.push([node.id, 'event'])
      else if (!filtersComplete(node.winner.measure.filters)) found.push([node.id, 'filters'])
    }
    if (node.kind === 'holdout' && node.group !== undefined) {
      if (node.group === '') found.push([node.id, 'holdoutNone'])
      else if (known.holdouts !== null && !known.holdouts.has(node.group)) found.push([node.id, 'holdoutGone'])
    }
    if (node.kind === 'wait_rule' || node.kind === 'repeat_check')
      found.push(...conditionProblems(node, 'checkEmpty').map((word): [string, Word] => [node.id, word]))
    if (node.kind === 'condition') found.push(...conditionProblems(node, 'ruleEmpty').map((word): [string, Word] => [node.id, word]))
    if (node.kind === 'branch') {
      const words = new Set(node.ways.flatMap((way) => conditionProblems(way, 'branchEmpty')))
      found.push(...[...words].map((word): [string, Word] => [node.id, word]))
    }
  }
  return found
}

function webhookProblems({ endpoint, body, answers }: Extract<JourneyNode, { kind: 'webhook' }>, known: Known): Word[] {
  const gone = known.endpoints != null && !known.endpoints.has(endpoint)
  const value = ({ value: one }: (typeof body)[number]) =>
    one.kind === 'literal' || (one.kind === 'attribute' ? one.attribute !== '' : one.kind === 'run' || one.property !== '')
  return [
    ...(endpoint === '' ? (['endpoint'] as const) : gone ? (['endpointGone'] as const) : []),
    ...(body.every((row) => row.name !== '' && value(row)) ? [] : (['webhookBody'] as const)),
    ...(answers.every(({ name, path }) => /^[a-z][a-z0-9_]*$/.test(name) && /^[^.\s]+(\.[^.\s]+)*$/.test(path))
      ? []
      : (['webhookAnswer'] as const)),
  ]
}

function conditionProblems(
  asked: Pick<BranchWay, 'rule'> & Partial<Pick<BranchWay, 'triggerFilters' | 'runFilters' | 'message'>>,
  empty: Word,
): Word[] {
  const { rule, triggerFilters = [], runFilters = [], message } = asked
  if (!filtersComplete(triggerFilters) || !filtersComplete(runFilters)) return ['filters']
  if (isEveryone(rule)) return triggerFilters.length > 0 || runFilters.length > 0 || message !== undefined ? [] : [empty]
  return hasErrors(ruleProblems(rule)) ? ['rule'] : []
}
