export { TagPage } from './tag-page.tsx'
export { TagsPage } from './tags-page.tsx'
