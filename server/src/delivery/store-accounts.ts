import type { Channel } from '@chaoxi/contract'
import { type Queryable, sql } from '../platform/db/postgres.ts'

export interface AccountRow {
  workspace_id: number
  channel: Channel
  provider: string
  endpoint: string
  access_key_id: string
  access_key_secret: string
  sign_name: string
  opt_out_text: string
  price_per_segment_fen: number
  callback_token: string
}

const columns = sql`workspace_id, channel, provider, endpoint, access_key_id, access_key_secret, sign_name, opt_out_text, price_per_segment_fen, callback_token`

export function accounts(db: Queryable): Promise<AccountRow[]> {
  return db.many<AccountRow>(sql`select ${columns} from channel_accounts order by workspace_id`)
}

export function accountOf(db: Queryable, workspaceId: number, channel: Channel): Promise<AccountRow | null> {
  return db.one<AccountRow>(sql`select ${columns} from channel_accounts where workspace_id = ${workspaceId} and channel = ${channel}`)
}

export function accountByToken(db: Queryable, token: string): Promise<AccountRow | null> {
  return db.one<AccountRow>(sql`select ${columns} from channel_accounts where callback_token = ${token}`)
}

/** The callback token and, when none is given, the secret stay as they were. */
export async function putAccount(
  db: Queryable,
  row: Omit<AccountRow, 'access_key_secret'> & { access_key_secret: string | null },
): Promise<void> {
  await db.run(sql`
    insert into channel_accounts (${columns})
    values (${row.workspace_id}, ${row.channel}, ${row.provider}, ${row.endpoint}, ${row.access_key_id}, ${row.access_key_secret ?? ''},
      ${row.sign_name}, ${row.opt_out_text}, ${row.price_per_segment_fen}, ${row.callback_token})
    on conflict (workspace_id, channel) do update set provider = excluded.provider, endpoint = excluded.endpoint,
      access_key_id = excluded.access_key_id, access_key_secret = coalesce(${row.access_key_secret}, channel_accounts.access_key_secret),
      sign_name = excluded.sign_name, opt_out_text = excluded.opt_out_text, price_per_segment_fen = excluded.price_per_segment_fen`)
}
