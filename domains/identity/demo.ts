import { type Configuration, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { newPerson } from './people.ts';
import { administrator, dataOfficer } from './policies.ts';
import { newTotpSecret } from './totp.ts';

const domain = 'demo.parvis.example';
/** Published, like the others: every invented member of a council signs in by it. */
const membersPassword = 'salle-du-conseil-38';

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
		roles: [
			'sensing:agent',
			'participation:reviewer',
			'participation:booth',
			'operations:agent',
			'equipment:agent',
			'equipment:collector',
		],
		description: 'an agent of the technical services',
	},
	{
		name: 'Karim Lopes',
		local: 'chauffeur',
		password: 'bennes-du-petit-jour-29',
		roles: ['operations:agent'],
		description: 'a driver of the waste trucks',
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
		roles: ['sensing:manager', 'sensing:agent', 'town:editor', 'operations:manager', 'footprint:manager'],
		description:
			'the manager of the technical services: sensors, places, interventions, rounds, lighting, footprint',
	},
	{
		name: 'Sofia Haddad',
		local: 'informatique',
		password: 'parc-bien-entretenu-71',
		roles: ['equipment:manager'],
		description: 'the IT officer: devices, purchase policy, collection campaigns',
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
	{
		name: 'Hélène Vasseur',
		local: 'elu-1',
		password: membersPassword,
		roles: [],
		description: 'the mayor; elu-2 to elu-15 are the other members of the council, by the same password',
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
	function demoOnly(): void {
		if (!platform.config.demo) throw new Error('demonstration accounts exist in a demonstration only');
	}

	/** Make the people that are missing; who has a password can sign in by it. @returns everybody's id, in order */
	async function ensure(
		wanted: readonly { email: string; name: string; password?: string; roles?: readonly string[] }[],
	): Promise<string[]> {
		const { password: hasher } = await auth.$context;
		const rows = await db
			.selectFrom('identity.person')
			.select(['id', 'email'])
			.where(
				'email',
				'in',
				wanted.map(({ email }) => email),
			)
			.execute();
		const known = new Map(rows.map(({ email, id }) => [email, id]));
		const hashes = new Map<string, string>();
		for (const { email, name, password, roles: held = [] } of wanted) {
			if (known.has(email)) continue;
			const hash = password === undefined ? null : (hashes.get(password) ?? (await hasher.hash(password)));
			if (password !== undefined && hash) hashes.set(password, hash);
			await db.transaction().execute(async (trx) => {
				const person = newPerson(name, 'fr', email);
				known.set(email, person.id);
				await trx.insertInto('identity.person').values(person).execute();
				if (hash)
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
				for (const role of held) await roles.record(trx, system, person.id, role);
				if (held.length)
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
		return wanted.map(({ email }) => known.get(email) ?? '');
	}

	/** Make the demonstration's accounts if they are missing, and list them. @throws outside a demonstration */
	async function ensureDemoAccounts(): Promise<DemoAccount[]> {
		demoOnly();
		const accounts = people.map(({ local, ...person }) => ({ ...person, email: `${local}@${domain}` }));
		await ensure(accounts);
		return accounts;
	}

	/** Invented residents that the rooms' demonstrations need: they cannot sign in. @throws outside a demonstration */
	async function ensureDemoResidents(names: readonly string[]): Promise<{ id: string; name: string }[]> {
		demoOnly();
		const ids = await ensure(names.map((name, n) => ({ name, email: `habitant-${n + 1}@${domain}` })));
		return names.map((name, n) => ({ id: ids[n] ?? '', name }));
	}

	/** Invented members of a council, who sign in by one published password. @throws outside a demonstration */
	async function ensureDemoMembers(
		names: readonly string[],
	): Promise<{ id: string; email: string; password: string }[]> {
		demoOnly();
		const members = names.map((name, n) => ({
			name,
			email: `elu-${n + 1}@${domain}`,
			password: membersPassword,
		}));
		const ids = await ensure(members);
		return members.map(({ email, password }, n) => ({ id: ids[n] ?? '', email, password }));
	}

	return { ensureDemoAccounts, ensureDemoResidents, ensureDemoMembers };
}
