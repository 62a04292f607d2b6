import { z } from 'zod'

/** `administrator` changes directory and accounts; `support` works on incidents; `viewer` reads. */
export const ROLES = ['administrator', 'support', 'viewer'] as const
export const role = z.enum(ROLES)
export type Role = z.infer<typeof role>

export const userName = z.string().trim().min(2).max(64)
/** Length beats complexity; the longest is bounded because hashing is work. */
export const password = z.string().min(10).max(200)

export const me = z.object({
  id: z.string(),
  name: z.string(),
  role,
  tenant: z.object({ id: z.string(), name: z.string() }),
})
export type Me = z.infer<typeof me>

/** POST /api/session answers with `me`, as does GET /api/session (401 when nobody is signed in); DELETE /api/session signs out (204). */
export const loginRequest = z.object({ name: userName, password: z.string().max(200) })
/** POST /api/invitation: the one-time link (`/invitation#token=`) of the first administrator, or of a user who was invited; signs in and answers with `me`. */
export const acceptInvitation = z.object({ token: z.string().max(200), name: userName, password })
/** POST /api/password (204); other sessions of the user end. */
export const changePassword = z.object({ current: z.string().max(200), next: password })
/** POST /api/users and POST /api/users/{id}/invitation (a forgotten password): answer with a one-time link for the user. */
export const inviteUser = z.object({ name: userName, role })
export const invitationLink = z.object({ url: z.string() })
/** GET /api/users: an array. */
/** GET /api/users answers with an array of these; administrators only. */
export const userRow = z.object({
  id: z.string(),
  name: z.string(),
  role,
  disabled: z.boolean(),
  lastSeenAt: z.iso.datetime().nullable(),
})
/** GET /api/sessions: an array of one's own; DELETE /api/sessions/{id} ends one (204). */
export type UserRow = z.infer<typeof userRow>
/** PATCH /api/users/{id} answers 204. The last administrator can be neither disabled nor lowered. */
export const updateUser = z.object({ role: role.optional(), disabled: z.boolean().optional() })
/** GET /api/sessions answers with an array of these; DELETE /api/sessions/{id} ends one, DELETE /api/sessions all but the current one. */
export const sessionRow = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  userAgent: z.string(),
  current: z.boolean(),
})
export type SessionRow = z.infer<typeof sessionRow>
