import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The data folder belongs to one process: two of them would ruin the embedded stores. */
export class FolderTaken extends Error {}

function isOurProcess(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    // After a restart of the machine the number may be somebody else's.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/src/')
  } catch {
    return true
  }
}

/** Takes the folder until the returned function is called. A lock whose process is gone (kill -9) is taken over. */
export function takeDataFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'lock')
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const pid = Number(readFileSync(file, 'utf8'))
      if (Number.isInteger(pid) && pid > 0 && isOurProcess(pid))
        throw new FolderTaken(
          `the data folder ${folder} is in use by process ${pid}; stop it first, or set CHAOXI_DATA_DIR to another folder`,
        )
      rmSync(file, { force: true })
    }
  }
  throw new FolderTaken(`the data folder ${folder} is being taken by another process`)
}
