export {
  type ContentDeps,
  type ContentPerson,
  type ContentService,
  createContent,
  type PersonVariables,
  type TemplateInput,
} from './content.ts'
export { houseTextProblem, renderHouseText } from './house-text.ts'
export { TemplateProblem } from './liquid.ts'
export { contentRoutes } from './routes.ts'
export { fullSmsText, renderSms, type SmsRendering, smsProviderText } from './sms.ts'
export { renderLinkTarget, renderPopup, runVariables, type Template, templateProblems, usesLink, type Variables } from './template.ts'
