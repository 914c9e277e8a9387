import { defineTexts } from '../i18n/index.ts'

export const segmentTexts = defineTexts({
  title: { zh: '人群', en: 'Segments' },
  subtitle: { zh: '圈出要触达的人，进入人群即可触发流程', en: 'Whom to reach; entering one can start a journey' },
  create: { zh: '新建人群', en: 'New segment' },
  editTitle: { zh: '编辑人群', en: 'Edit segment' },
  emptyTitle: { zh: '还没有人群', en: 'No segments yet' },
  emptyText: {
    zh: '人群把标签、属性和行为组合起来，例如“加购未下单的高客单价用户”。边选条件边看人数，满意再保存。',
    en: 'A segment combines tags, attributes and behaviour, such as high-value customers with an abandoned cart. You see its size while you build it.',
  },
})
