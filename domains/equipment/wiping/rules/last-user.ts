/** Who has a device: a person, or a service where no person is named. Both null: somebody unknown. */
export interface DeviceUser {
	holderId: string | null;
	service: string | null;
}

type Changes = Readonly<Record<string, readonly [from: unknown, to: unknown] | undefined>>;

/**
 * Who used a device last, from its history in the order in which it was written down.
 * @returns null where nobody ever did
 */
export function lastUser(history: readonly Changes[]): DeviceUser | null {
	const now: Record<string, unknown> = {};
	let user: DeviceUser | null = null;
	for (const changes of history) {
		for (const field of ['status', 'holderId', 'service']) {
			const change = changes[field];
			if (change) now[field] = change[1];
		}
		if (now.status === 'in_use' || now.status === 'on_loan')
			user = { holderId: textOf(now.holderId), service: textOf(now.service) };
	}
	return user;
}

/** Whether two are the same: the person where one is named, else the service; what is unknown is nobody's same. */
export function sameUser(one: DeviceUser, other: DeviceUser): boolean {
	if (one.holderId || other.holderId) return one.holderId === other.holderId;
	return one.service !== null && other.service !== null && nameOf(one.service) === nameOf(other.service);
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
const nameOf = (service: string) => service.trim().toLocaleLowerCase('fr');
