// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;

export interface DB {
	'identity.account': {
		id: string;
		person_id: string;
		account_id: string;
		provider_id: string;
		access_token: string | null;
		refresh_token: string | null;
		id_token: string | null;
		access_token_expires_at: Date | null;
		refresh_token_expires_at: Date | null;
		scope: string | null;
		password: string | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'identity.api_key': {
		id: string;
		name: string;
		hint: string;
		key_hash: string;
		scopes: string[];
		created_by: string | null;
		created_at: Defaulted<Date>;
		expires_at: Date;
		revoked_at: Date | null;
		last_used_at: Date | null;
	};
	'identity.delegation': {
		id: string;
		from_person_id: string;
		to_person_id: string;
		role: string;
		reason: string;
		starts_at: Defaulted<Date>;
		ends_at: Date;
		revoked_at: Date | null;
		created_by: string | null;
		created_at: Defaulted<Date>;
	};
	'identity.external_identity': {
		issuer: string;
		subject: string;
		provider: 'franceconnect' | 'proconnect';
		person_id: string;
		created_at: Defaulted<Date>;
		last_used_at: Defaulted<Date>;
	};
	'identity.external_session': {
		session_id: string;
		provider: string;
		id_token_encrypted: Buffer;
	};
	'identity.one_time_link': {
		token_hash: string;
		kind: 'verification' | 'email' | 'invitation' | 'first_administrator';
		person_id: string | null;
		email: string | null;
		expires_at: Date;
		used_at: Date | null;
		created_at: Defaulted<Date>;
	};
	'identity.passkey': {
		id: string;
		person_id: string;
		name: string | null;
		public_key: string;
		credential_id: string;
		counter: number;
		device_type: string;
		backed_up: boolean;
		transports: string | null;
		aaguid: string | null;
		created_at: Defaulted<Date | null>;
	};
	'identity.person': {
		id: string;
		name: string;
		email: string;
		email_verified: Defaulted<boolean>;
		image: string | null;
		locale: Defaulted<'fr' | 'en'>;
		suspended_at: Date | null;
		erased_at: Date | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'identity.rate': {
		key: string;
		taken: number;
		window_ends_at: Date;
	};
	'identity.recovery_code': {
		person_id: string;
		code_hash: string;
		used_at: Date | null;
	};
	'identity.role_grant': {
		person_id: string;
		role: string;
		granted_by: string | null;
		granted_at: Defaulted<Date>;
	};
	'identity.second_factor': {
		person_id: string;
		secret_encrypted: Buffer;
		confirmed_at: Date | null;
		last_step: Defaulted<number>;
		created_at: Defaulted<Date>;
	};
	'identity.session': {
		id: string;
		person_id: string;
		token: string;
		expires_at: Date;
		ip_address: string | null;
		user_agent: string | null;
		method: Defaulted<string>;
		second_factor_at: Date | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'identity.sign_in_attempt': {
		state_hash: string;
		browser_hash: string;
		provider: string;
		nonce: string;
		code_verifier: string | null;
		return_to: string;
		link_person_id: string | null;
		invitation_hash: string | null;
		expires_at: Date;
	};
	'identity.verification': {
		id: string;
		identifier: string;
		value: string;
		expires_at: Date;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
}
