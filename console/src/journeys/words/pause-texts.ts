import { defineTexts } from '../../i18n/index.ts'

export const pauseTexts = defineTexts({
  policy: { zh: '暂停期间到时间的怎么办', en: 'What falls due meanwhile' },
  policy_send: { zh: '恢复后照常继续', en: 'goes on when it is resumed' },
  policy_skip: { zh: '那一批消息不发，人继续走', en: 'is not sent; the people go on' },
  policy_replan: { zh: '重新等', en: 'is waited for anew' },
  hint_send: { zh: '到期的马上执行下一步，消息照发。', en: 'Whoever is due moves at once, and messages go out.' },
  hint_skip: {
    zh: '到期的人继续往下走，到下一个等待之前的消息跳过，经过里写明原因；发券、打标签照做。',
    en: 'Whoever is due goes on without the messages up to the next wait, and the story says why. Coupons and tags are still given.',
  },
  hint_replan: {
    zh: '到期的等待从恢复时起重新算满，等到某时的等下一次；已经等到行为的照常继续。',
    en: 'Waits that fell due begin anew when it is resumed, times of day wait for the next one. Who had what they waited for goes on.',
  },
  overdue: { zh: '暂停期间到时间的有 {people} 人', en: '{people} people fell due in the pause' },
})
