import {
  AppError,
  csvTableRecords,
  decodedText,
  type ImportStep,
  importPlan,
  type Problem,
  storedFiles,
  tagsOfRecords,
} from '@chaoxi/contract'
import { call } from '../api/client.ts'

/** A tag table that somebody chose: what it would do, or what is wrong with it. */
export type ReadTable = { readonly name: string } & ({ readonly steps: readonly ImportStep[] } | { readonly problems: readonly Problem[] })

/** What the file would do, from what is there at this moment; what is wrong with it is told and not thrown. */
export async function readTable(file: File): Promise<ReadTable> {
  const [tags, segments] = await Promise.all([call('tags'), call('segments')])
  try {
    const files = tagsOfRecords(await recordsOf(file), file.name)
    return { name: file.name, steps: importPlan(files, storedFiles(tags.items, segments.items)) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { name: file.name, problems: error.problems.length > 0 ? error.problems : [{ path: '', message: error.message }] }
  }
}

async function recordsOf(file: File) {
  if (!file.name.toLowerCase().endsWith('.xlsx')) return csvTableRecords(decodedText(new Uint8Array(await file.arrayBuffer())))
  // The format is heavy, and rarely given.
  const { xlsxRecords } = await import('@chaoxi/contract/tag-xlsx')
  return xlsxRecords(file, file.name)
}
