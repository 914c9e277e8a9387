import { z } from 'zod'
import { nodeId } from './journey-terms.ts'

/** Of one journey. */
export const notesMax = 50
export const noteTextMax = 1_000

/** What somebody wrote beside the steps, for colleagues: it changes nothing that runs. `by` is a name, so that it reads the same anywhere. */
export const journeyNoteSchema = z.object({
  id: nodeId,
  text: z.string().max(noteTextMax),
  by: z.string().max(200),
  at: z.iso.datetime(),
  place: z.object({ x: z.number(), y: z.number() }),
})
export type JourneyNote = z.infer<typeof journeyNoteSchema>

export const journeyNotesSchema = z
  .array(journeyNoteSchema)
  .max(notesMax)
  .refine((notes) => new Set(notes.map(({ id }) => id)).size === notes.length, 'two notes have the same id; give each its own')
