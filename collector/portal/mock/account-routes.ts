import {
  acceptInvitation,
  changePassword,
  checkInvitation,
  invitationLink,
  invitationView,
  inviteUser,
  loginRequest,
  me,
  sessionRow,
  updateUser,
  userRow,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { HOUR, iso, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

/** Signing in and out, one's password and sessions. */
export function sessionRoutes(state: MockState): Routes {
  return {
    'POST session': ({ body }) => {
      if (loginRequest.parse(body).password !== 'correct horse') throw new Refusal(401, 'login.refused', '')
      state.signedIn = true
      return [me, state.person]
    },
    'DELETE session': () => {
      state.signedIn = false
      return null
    },
    'POST invitation': ({ body }) => {
      if (acceptInvitation.parse(body).token !== 'once') throw new Refusal(400, 'invitation.unknown', '')
      state.signedIn = true
      return [me, state.person]
    },
    'POST invitation/*': ({ parts, body }) => {
      if (parts[1] !== 'check' || checkInvitation.parse(body).token !== 'once')
        throw new Refusal(404, 'invitation.unknown', '')
      return [invitationView, { name: null, role: 'administrator', expiresAt: iso(state.now + HOUR) }]
    },
    'GET session': () => [me, state.person],
    'POST password': ({ body }) => {
      changePassword.parse(body)
      return null
    },
    'GET sessions': () => [z.array(sessionRow), state.sessions],
    'DELETE sessions': () => {
      state.sessions = state.sessions.filter(session => session.current)
      return null
    },
    'DELETE sessions/*': ({ parts }) => {
      state.sessions = state.sessions.filter(session => session.id !== parts[1])
      return null
    },
  }
}

/** Who else may sign in. */
export function userRoutes(state: MockState): Routes {
  return {
    'GET users': () => [z.array(userRow), state.users],
    'POST users': ({ body }) => {
      const invited = inviteUser.parse(body)
      state.users.push({ id: `u${state.users.length + 1}`, ...invited, disabled: false, lastSeenAt: null })
      return [invitationLink, { url: 'https://till.example.test/invitation#token=once' }]
    },
    'POST users/*/invitation': () => [invitationLink, { url: 'https://till.example.test/invitation#token=once' }],
    'PATCH users/*': ({ parts, body }) => {
      Object.assign(state.users.find(user => user.id === parts[1]) ?? {}, updateUser.parse(body))
      return null
    },
  }
}
