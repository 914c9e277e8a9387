export { InsightPage } from './insight-page.tsx'
