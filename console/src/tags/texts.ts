import { defineTexts } from '../i18n/index.ts'

export const tagTexts = defineTexts({
  title: { zh: '标签', en: 'Tags' },
  subtitle: {
    zh: '给用户打上业务含义，供人群、流程和内容引用',
    en: 'What a customer is to the shop; segments, journeys and content build on them',
  },
  create: { zh: '新建标签', en: 'New tag' },
  editTitle: { zh: '编辑标签', en: 'Edit tag' },
  layer: { zh: '层级', en: 'Layer' },
  layerAll: { zh: '全部层级', en: 'All layers' },
  basic: { zh: '基础', en: 'Basic' },
  behaviour: { zh: '行为', en: 'Behaviour' },
  value: { zh: '价值', en: 'Value' },
  preference: { zh: '偏好', en: 'Preference' },
  scene_layer: { zh: '场景', en: 'Scene' },
  emptyTitle: { zh: '还没有标签', en: 'No tags yet' },
  emptyText: {
    zh: '标签用规则描述一类用户，例如“近 7 天浏览 ≥3 且加购 ≥1”。行为一发生，几秒内自动打上或摘掉。',
    en: 'A tag describes a kind of customer by a rule, such as “viewed 3+ and added to cart in 7 days”. It follows what they do within seconds.',
  },
  emptyPlaybook: { zh: '从玩法库安装', en: 'Install a playbook' },
})

export const layerKeys = { basic: 'basic', behaviour: 'behaviour', value: 'value', preference: 'preference', scene: 'scene_layer' } as const
