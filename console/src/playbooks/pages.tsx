export { PlaybookPage } from './playbook-page.tsx'
export { PlaybooksPage } from './playbooks-page.tsx'
