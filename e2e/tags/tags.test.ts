import { describe } from 'vitest'
import { ruleBuilderCases } from './rule-builder.cases.ts'
import { useTagDesk } from './tag-desk.ts'
import { valueModelCases } from './value-models.cases.ts'

// Tags built by clicks, in one demo shop.

useTagDesk()
describe('the rule builder', ruleBuilderCases)
describe('the models of values', valueModelCases)
