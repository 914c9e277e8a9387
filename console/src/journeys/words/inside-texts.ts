import { defineTexts } from '../../i18n/index.ts'

export const insideTexts = defineTexts({
  inside: { zh: '已经在流程里的 {people} 人', en: 'The {people} people inside' },
  plan_finish: { zh: '按原来的版本走完', en: 'finish on their version' },
  plan_move: { zh: '转到新版本', en: 'go into the new version' },
  plan_leave: { zh: '全部离开流程', en: 'leave the journey' },
  finishHint: { zh: '新版本只影响以后进入的人。', en: 'The new version is for those who come in from now on.' },
  leaveHint: {
    zh: '不会再收到这个流程的消息，结果记为“版本已替换”。',
    en: 'They get nothing more from it; the result is “version replaced”.',
  },
  grayHint: {
    zh: '灰度发布时里面的人先按原来的版本走；放给全部人后，可以在版本页再转。',
    en: 'While it is released to a share they stay on their version; once it is released to all, lead them on from the versions tab.',
  },
  moveHint: {
    zh: '步骤还在的人留在原地，走过的路、分组和券都保留。',
    en: 'Who stands at a step that is still there stays at it, with the way so far, the groups and the coupon.',
  },
  waits: { zh: '正在等的', en: 'Their waits' },
  waits_keep: { zh: '按原来的时间等完', en: 'end when they would have' },
  waits_replan: { zh: '按新版本重算，从到达这一步算起', en: 'are counted anew, from their arrival' },
  mapTitle: { zh: '新版本没有的步骤', en: 'Steps that the new version does not have' },
  mapNobody: { zh: '现在没有人', en: 'nobody now' },
  mapPeople: { zh: '{people} 人', en: '{people} people' },
  mapTo: { zh: '「{step}」的人去', en: 'From “{step}” to' },
  mapLeave: { zh: '离开流程', en: 'leave the journey' },
  leadOn: { zh: '安排里面的人', en: 'Lead those inside on' },
  leadTitle: { zh: '旧版本里的人怎么办？', en: 'What becomes of those in earlier versions?' },
  leadDo: { zh: '按此安排', en: 'Do it' },
  led: { zh: '已开始，每批 500 人', en: 'Begun, 500 people at a time' },
  earlier: { zh: '旧版本里还有 {people} 人', en: '{people} people are in earlier versions' },
  transferGoing: {
    zh: '正在转到第 {version} 版：已转 {moved}，已离开 {left}，还剩 {remaining}',
    en: 'Going into version {version}: {moved} moved, {left} left, {remaining} to go',
  },
  transferDone: {
    zh: '已转到第 {version} 版：转 {moved} 人，离开 {left} 人',
    en: 'Went into version {version}: {moved} moved, {left} left',
  },
  here: { zh: '在里面', en: 'Inside' },
})
