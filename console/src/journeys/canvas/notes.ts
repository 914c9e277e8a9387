import { type JourneyDefinition, type JourneyNote, notesMax, noteTextMax } from '@chaoxi/contract'

/** Who writes when: the reducer knows neither. */
interface Signed {
  readonly by: string
  readonly at: string
}
export type NoteAction =
  | ({ readonly type: 'note_add'; readonly x: number; readonly y: number } & Signed)
  | ({ readonly type: 'note_write'; readonly id: string; readonly text: string } & Signed)
  | { readonly type: 'note_remove'; readonly id: string }

export function withNotes(definition: JourneyDefinition, action: NoteAction): JourneyDefinition {
  const notes = definition.notes ?? []
  switch (action.type) {
    case 'note_add': {
      if (notes.length >= notesMax) return definition
      const { by, at, x, y } = action
      return { ...definition, notes: [...notes, { id: freshNote(notes), text: '', by, at, place: { x: Math.round(x), y: Math.round(y) } }] }
    }
    case 'note_write': {
      const { id, by, at } = action
      const text = action.text.slice(0, noteTextMax)
      return { ...definition, notes: notes.map((note) => (note.id === id ? { ...note, text, by, at } : note)) }
    }
    case 'note_remove': {
      const { notes: _, ...rest } = definition
      const left = notes.filter((note) => note.id !== action.id)
      return left.length === 0 ? rest : { ...rest, notes: left }
    }
  }
}

export function freshNote(notes: readonly JourneyNote[]): string {
  for (let n = 1; ; n += 1) if (!notes.some((note) => note.id === `note_${n}`)) return `note_${n}`
}
