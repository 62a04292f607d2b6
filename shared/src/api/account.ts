import { z } from 'zod'

/** `administrator` changes directory and accounts; `support` works on incidents; `viewer` reads. */
export const ROLES = ['administrator', 'support', 'viewer'] as const
export const role = z.enum(ROLES)
export type Role = z.infer<typeof role>

/** No control or invisible characters: names stand in tickets, letters and beside other names. */
export const userName = z
  .string()
  .trim()
  .min(2)
  .max(64)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'letters, digits, signs and spaces only')
/** Length beats complexity; the longest is bounded because hashing is work. */
export const password = z.string().min(10).max(200)

export const me = z.object({
  id: z.string(),
  name: z.string(),
  role,
  tenant: z.object({ id: z.string(), name: z.string() }),
})
export type Me = z.infer<typeof me>

/** POST /api/session answers with `me` and sets the cookie; GET /api/session answers with `me`, or 401 when nobody is signed in; DELETE /api/session signs out (204). */
export const loginRequest = z.object({ name: userName, password: z.string().max(200) })
/**
 * POST /api/invitation: the one-time link of the first administrator, or of a user who was invited; signs in and answers with `me`.
 * The link is `{public address}/invitation#token={token}`: what stands behind `#` never reaches a server or its log. A link made for a
 * named user accepts that name alone.
 */
export const acceptInvitation = z.object({ token: z.string().max(200), name: userName, password })
/** POST /api/invitation/check answers with whom a link is for (`invitationView`); 404 when it is used, expired or unknown. */
export const checkInvitation = z.object({ token: z.string().max(200) })
export const invitationView = z.object({ name: z.string().nullable(), role, expiresAt: z.iso.datetime() })
export type InvitationView = z.infer<typeof invitationView>
/** POST /api/password answers 204 with a new cookie; every earlier session of the user ends. */
export const changePassword = z.object({ current: z.string().max(200), next: password })
/** POST /api/users and POST /api/users/{id}/invitation (a forgotten password) answer with a one-time link for the user. */
export const inviteUser = z.object({ name: userName, role })
export const invitationLink = z.object({ url: z.string() })
/** GET /api/users answers with an array of these; administrators only. */
export const userRow = z.object({
  id: z.string(),
  name: z.string(),
  role,
  disabled: z.boolean(),
  lastSeenAt: z.iso.datetime().nullable(),
})
export type UserRow = z.infer<typeof userRow>
/** PATCH /api/users/{id} answers 204. The last administrator can be neither disabled nor lowered. */
export const updateUser = z.object({ role: role.optional(), disabled: z.boolean().optional() })
/** GET /api/sessions answers with an array of one's own; DELETE /api/sessions/{id} ends one, DELETE /api/sessions all but the current one (204). */
export const sessionRow = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  userAgent: z.string(),
  current: z.boolean(),
})
export type SessionRow = z.infer<typeof sessionRow>
