import { type Configuration, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { newPerson } from './people.ts';
import { administrator, dataOfficer } from './policies.ts';
import { newTotpSecret } from './totp.ts';

const domain = 'demo.parvis.example';

/** The demonstration's people. Their passwords are published: they exist only where the configuration says `demo`. */
const people = [
	{
		name: 'Camille Roy',
		local: 'habitante',
		password: 'place-du-village-42',
		roles: [],
		description: 'a resident',
	},
	{
		name: 'Nadia Benali',
		local: 'agente',
		password: 'tournee-du-matin-17',
		roles: ['sensing:agent', 'participation:reviewer', 'participation:booth'],
		description: 'an agent of the technical services',
	},
	{
		name: 'Inès Marchand',
		local: 'concertation',
		password: 'idees-en-fleurs-64',
		roles: ['participation:manager', 'participation:moderator', 'council:clerk'],
		description: 'the manager of participation, clerk of the council',
	},
	{
		name: 'Julien Moreau',
		local: 'technique',
		password: 'capteurs-et-ponts-58',
		roles: ['sensing:manager', 'sensing:agent', 'town:editor'],
		description: 'the manager of the sensors and of the places',
	},
	{
		name: 'Anne-Lise Kervella',
		local: 'admin',
		password: 'clef-de-la-mairie-93',
		roles: [administrator, 'sensing:manager', 'town:editor', 'town:administrator'],
		description: 'the administrator',
	},
	{
		name: 'Thomas Weber',
		local: 'dpo',
		password: 'registre-bien-tenu-26',
		roles: [dataOfficer],
		description: 'the data protection officer',
	},
] as const;

/** Whether this is one of the published accounts, in a demonstration: its second-factor code is shown on the page. */
export function isDemoAccount(config: Configuration, email: string): boolean {
	return config.demo && email.endsWith(`@${domain}`);
}

export interface DemoAccount {
	email: string;
	password: string;
	name: string;
	roles: readonly string[];
	/** For the start command, in English. */
	description: string;
}

export function createDemo({ platform, db, auth, secrets, roles }: Context) {
	/** Make the demonstration's accounts if they are missing, and list them. @throws outside a demonstration */
	async function ensureDemoAccounts(): Promise<DemoAccount[]> {
		if (!platform.config.demo) throw new Error('demonstration accounts exist in a demonstration only');
		const { password: hasher } = await auth.$context;
		const accounts = people.map(({ local, ...person }) => ({ ...person, email: `${local}@${domain}` }));
		const existing = await db
			.selectFrom('identity.person')
			.select('email')
			.where(
				'email',
				'in',
				accounts.map(({ email }) => email),
			)
			.execute();
		const there = new Set(existing.map(({ email }) => email));
		for (const account of accounts.filter(({ email }) => !there.has(email))) {
			const hash = await hasher.hash(account.password);
			await db.transaction().execute(async (trx) => {
				const person = newPerson(account.name, 'fr', account.email);
				await trx.insertInto('identity.person').values(person).execute();
				await trx
					.insertInto('identity.account')
					.values({
						id: person.id,
						person_id: person.id,
						account_id: person.id,
						provider_id: 'credential',
						password: hash,
					})
					.execute();
				for (const role of account.roles) await roles.record(trx, system, person.id, role);
				if (account.roles.length)
					await trx
						.insertInto('identity.second_factor')
						.values({
							person_id: person.id,
							secret_encrypted: secrets.encrypt(newTotpSecret()),
							confirmed_at: sql<Date>`now()`,
						})
						.execute();
			});
		}
		return accounts.map(({ email, password, name, roles: held, description }) => ({
			email,
			password,
			name,
			roles: held,
			description,
		}));
	}

	/** Invented residents that the rooms' demonstrations need: they cannot sign in. @throws outside a demonstration */
	async function ensureDemoResidents(names: readonly string[]): Promise<{ id: string; name: string }[]> {
		if (!platform.config.demo) throw new Error('demonstration residents exist in a demonstration only');
		return db.transaction().execute(async (trx) => {
			const found: { id: string; name: string }[] = [];
			for (const [n, name] of names.entries()) {
				const email = `habitant-${n + 1}@${domain}`;
				const known = await trx
					.selectFrom('identity.person')
					.select(['id', 'name'])
					.where('email', '=', email)
					.executeTakeFirst();
				if (!known)
					await trx
						.insertInto('identity.person')
						.values(newPerson(name, 'fr', email))
						.execute();
				found.push(
					known ??
						(await trx
							.selectFrom('identity.person')
							.select(['id', 'name'])
							.where('email', '=', email)
							.executeTakeFirstOrThrow()),
				);
			}
			return found;
		});
	}

	return { ensureDemoAccounts, ensureDemoResidents };
}
