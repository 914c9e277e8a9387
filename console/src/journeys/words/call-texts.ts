import { defineTexts } from '../../i18n/index.ts'

export const callTexts = defineTexts({
  journey: { zh: '哪个流程', en: 'Journey' },
  startHint: {
    zh: '只能选触发方式是“接口或别的流程送入”的流程。进不进得去，由那个流程的进入条件和重复进入决定；它没上线时走“没送进”。',
    en: 'Only journeys that begin by “a program or another journey”. Its own entry condition and “Coming again” decide who enters; while it is not live, “not taken” is taken.',
  },
  journeyMissing: { zh: '选一个流程', en: 'Choose a journey' },
  journeyNone: { zh: '没有由别的流程送入的流程', en: 'No journey begins by another journey' },
  journey_draft: { zh: '{name}（草稿，还没上线）', en: '{name} (a draft, not live yet)' },
  journey_paused: { zh: '{name}（暂停中）', en: '{name} (paused)' },
  journeyOpen: { zh: '打开这个流程', en: 'Open that journey' },
  passedOn: { zh: '带过去的属性', en: 'Properties that are passed on' },
  passedOnHint: {
    zh: '那边的模板用 {{ event.名称 }} 写，条件里当作触发时的属性。触发事件没有的不带。',
    en: 'Templates there write them as {{ event.name }}, conditions ask for them as the trigger’s. What the trigger does not have is left out.',
  },
  passedOnName: { zh: '名称，例如 order_id', en: 'Name, such as order_id' },
  passedOnValue: { zh: '写成', en: 'Value' },
  passedOnAdd: { zh: '加一个属性', en: 'Add a property' },
  passedOnRemove: { zh: '删除这个属性', en: 'Remove' },
  stopHint: {
    zh: '这位用户在那个流程里没走完的都马上退出，还没发的消息不再发；没有在走的就什么也不做。',
    en: 'Whatever the customer has under way there ends at once, and messages that wait are not sent. Nothing happens where nothing is under way.',
  },
  stopOwn: { zh: '本流程里这位用户的其他进程', en: 'Other runs of the customer in this journey' },
})
