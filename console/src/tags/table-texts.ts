import { defineTexts } from '../i18n/index.ts'

export const tableTexts = defineTexts({
  table: { zh: '表格', en: 'Table' },
  exportXlsx: { zh: '导出标签表 (Excel)', en: 'Export the tag table (Excel)' },
  exportCsv: { zh: '导出标签表 (CSV)', en: 'Export the tag table (CSV)' },
  importFile: { zh: '导入标签表…', en: 'Import a tag table…' },
  fileName: { zh: '标签表', en: 'tags' },
  importTitle: { zh: '导入标签表', en: 'Import a tag table' },
  importText: {
    zh: '列：层级、标签、键、方式、规则、应用场景、说明；负责人和人数只读。按键认标签：没有的新建，有的更新，表里没有的不动。可以先导出一份当模板。',
    en: 'Columns: layer, name, key, mode, rule, scene, description; owner and size are not read. Tags are known by their keys: new ones are created, others changed, and those the table does not name are left alone. An export is a good template.',
  },
  choose: { zh: '选择文件', en: 'Choose a file' },
  chosen: { zh: '文件：{name}', en: 'File: {name}' },
  fileTooLarge: { zh: '文件超过 {size} MB', en: 'The file is larger than {size} MB' },
  problemsTitle: { zh: '有 {count} 处要改，什么都没有写入', en: '{count} places to mend; nothing was written' },
  problemsMore: { zh: '还有 {count} 处', en: '{count} more' },
  nothing: { zh: '和现在的标签一样，没有要写入的', en: 'The same as what is there; nothing to write' },
  plan: {
    zh: '将新建 {created} 个、更新 {changed} 个，{same} 个没有变化',
    en: '{created} to create, {changed} to change, {same} the same',
  },
  created: { zh: '新建', en: 'Create' },
  changed: { zh: '更新', en: 'Change' },
  recompute: {
    zh: '规则变了的标签会对全部用户重新计算，引用它们的人群和流程跟着变。',
    en: 'Tags whose rules change are worked out again for everyone; segments and journeys that use them follow.',
  },
  doIt: { zh: '写入 {count} 个标签', en: 'Write {count} tags' },
  writing: { zh: '写入中 {done} / {count}', en: 'Writing {done} of {count}' },
  done: { zh: '已写入 {count} 个标签', en: '{count} tags written' },
  failed: { zh: '已写入 {done} 个，停在「{name}」：', en: '{done} written; stopped at “{name}”:' },
  what: { zh: '动作', en: 'What' },
  name: { zh: '标签', en: 'Tag' },
})
