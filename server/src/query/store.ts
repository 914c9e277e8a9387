import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { type PassInput, printEstimate, printEvaluation } from './print.ts'
import type { ResolvedRule } from './resolved.ts'

export interface EvaluationRow {
  person: number
  held: number[]
  next: number[]
}

export async function evaluationRows(
  clickhouse: ClickHouse,
  work: WorkClass,
  input: PassInput,
  take: (rows: EvaluationRow[]) => void,
): Promise<void> {
  const { text, params } = printEvaluation(input)
  await clickhouse.stream<EvaluationRow>(work, text, params, take)
}

export interface EstimateRow {
  total: number
  count: number
  sample: number[]
}

export async function estimateRow(
  clickhouse: ClickHouse,
  input: { workspaceId: number; rule: ResolvedRule; now: number; sampleMax: number },
): Promise<EstimateRow> {
  const { text, params } = printEstimate({ ...input, people: 'everyone' })
  const [row] = await clickhouse.query<EstimateRow>('interactive', text, params)
  return row ?? { total: 0, count: 0, sample: [] }
}
