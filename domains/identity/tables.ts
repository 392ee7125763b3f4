import type { ColumnType } from 'kysely';

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface IdentityAccount {
  access_token: string | null;
  access_token_expires_at: Timestamp | null;
  account_id: string;
  created_at: Generated<Timestamp>;
  id: string;
  id_token: string | null;
  password: string | null;
  person_id: string;
  provider_id: string;
  refresh_token: string | null;
  refresh_token_expires_at: Timestamp | null;
  scope: string | null;
  updated_at: Generated<Timestamp>;
}

export interface IdentityApiKey {
  created_at: Generated<Timestamp>;
  created_by: string | null;
  expires_at: Timestamp;
  hint: string;
  id: string;
  key_hash: string;
  last_used_at: Timestamp | null;
  name: string;
  revoked_at: Timestamp | null;
  scopes: string[];
}

export interface IdentityDelegation {
  created_at: Generated<Timestamp>;
  created_by: string | null;
  ends_at: Timestamp;
  from_person_id: string;
  id: string;
  reason: string;
  revoked_at: Timestamp | null;
  role: string;
  starts_at: Generated<Timestamp>;
  to_person_id: string;
}

export interface IdentityExternalIdentity {
  created_at: Generated<Timestamp>;
  issuer: string;
  last_used_at: Generated<Timestamp>;
  person_id: string;
  provider: string;
  subject: string;
}

export interface IdentityExternalSession {
  id_token_encrypted: Buffer;
  provider: string;
  session_id: string;
}

export interface IdentityOneTimeLink {
  created_at: Generated<Timestamp>;
  email: string | null;
  expires_at: Timestamp;
  kind: string;
  person_id: string | null;
  token_hash: string;
  used_at: Timestamp | null;
}

export interface IdentityPasskey {
  aaguid: string | null;
  backed_up: boolean;
  counter: number;
  created_at: Generated<Timestamp | null>;
  credential_id: string;
  device_type: string;
  id: string;
  name: string | null;
  person_id: string;
  public_key: string;
  transports: string | null;
}

export interface IdentityPerson {
  created_at: Generated<Timestamp>;
  email: string;
  email_verified: Generated<boolean>;
  erased_at: Timestamp | null;
  id: string;
  image: string | null;
  locale: Generated<string>;
  name: string;
  suspended_at: Timestamp | null;
  updated_at: Generated<Timestamp>;
}

export interface IdentityRate {
  key: string;
  taken: number;
  window_ends_at: Timestamp;
}

export interface IdentityRecoveryCode {
  code_hash: string;
  person_id: string;
  used_at: Timestamp | null;
}

export interface IdentityRoleGrant {
  granted_at: Generated<Timestamp>;
  granted_by: string | null;
  person_id: string;
  role: string;
}

export interface IdentityRoleInForce {
  delegation_id: string | null;
  person_id: string | null;
  role: string | null;
}

export interface IdentitySecondFactor {
  confirmed_at: Timestamp | null;
  created_at: Generated<Timestamp>;
  last_step: Generated<number>;
  person_id: string;
  secret_encrypted: Buffer;
}

export interface IdentitySession {
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  id: string;
  ip_address: string | null;
  method: Generated<string>;
  person_id: string;
  second_factor_at: Timestamp | null;
  token: string;
  updated_at: Generated<Timestamp>;
  user_agent: string | null;
}

export interface IdentitySignInAttempt {
  browser_hash: string;
  code_verifier: string | null;
  expires_at: Timestamp;
  invitation_hash: string | null;
  link_person_id: string | null;
  nonce: string;
  provider: string;
  return_to: string;
  state_hash: string;
}

export interface IdentityVerification {
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  id: string;
  identifier: string;
  updated_at: Generated<Timestamp>;
  value: string;
}

export interface DB {
  'identity.account': IdentityAccount;
  'identity.api_key': IdentityApiKey;
  'identity.delegation': IdentityDelegation;
  'identity.external_identity': IdentityExternalIdentity;
  'identity.external_session': IdentityExternalSession;
  'identity.one_time_link': IdentityOneTimeLink;
  'identity.passkey': IdentityPasskey;
  'identity.person': IdentityPerson;
  'identity.rate': IdentityRate;
  'identity.recovery_code': IdentityRecoveryCode;
  'identity.role_grant': IdentityRoleGrant;
  'identity.role_in_force': IdentityRoleInForce;
  'identity.second_factor': IdentitySecondFactor;
  'identity.session': IdentitySession;
  'identity.sign_in_attempt': IdentitySignInAttempt;
  'identity.verification': IdentityVerification;
}
