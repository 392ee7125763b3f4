import type { Category, Words } from '../../kinds.ts';
import type { Medium, Method, Technique } from './techniques.ts';

const w = (fr: string, en: string): Words => ({ fr, en });

export const mediumWords: Record<Medium, Words> = {
	flash_embedded: w('mémoire soudée (téléphone, tablette)', 'memory soldered on (phone, tablet)'),
	ssd_nvme: w('SSD NVMe', 'NVMe SSD'),
	ssd_sata: w('SSD SATA', 'SATA SSD'),
	hdd: w('disque dur magnétique', 'magnetic hard disk'),
	memory_card: w('carte mémoire ou clé USB', 'memory card or USB stick'),
	none: w('aucun stockage (absent ou retiré)', 'no storage (none, or taken out)'),
	unknown: w('stockage inconnu', 'unknown storage'),
};

export const techniqueWords: Record<Technique, Words> = {
	factory_reset: w(
		'réinitialisation d’usine, stockage chiffré depuis l’origine',
		'factory reset, storage encrypted from the first day',
	),
	crypto_erase: w('effacement cryptographique (clé détruite)', 'cryptographic erase (key destroyed)'),
	block_erase: w(
		'effacement des blocs par le contrôleur (Sanitize, Format NVM)',
		'block erase by the controller (Sanitize, Format NVM)',
	),
	secure_erase: w('ATA Secure Erase', 'ATA Secure Erase'),
	sanitize_overwrite: w(
		'réécriture par le disque lui-même (ATA Sanitize)',
		'overwrite by the disk itself (ATA Sanitize)',
	),
	overwrite: w('réécriture par un logiciel (une passe ou plus)', 'overwrite by a program (one pass or more)'),
	degauss: w('démagnétisation', 'degaussing'),
	shred: w('broyage', 'shredding'),
	disintegrate: w('désintégration', 'disintegration'),
	incinerate: w('incinération', 'incineration'),
	inspection: w('ouvert et contrôlé : aucun stockage', 'opened and checked: no storage'),
};

export const methodWords: Record<Method | 'none', Words> = {
	clear: w('effacement (Clear)', 'clear'),
	purge: w('purge (Purge)', 'purge'),
	destroy: w('destruction (Destroy)', 'destroy'),
	none: w('sans stockage', 'no storage'),
};

export const categoryWords: Record<Category, Words> = {
	smartphone: w('smartphone', 'smartphone'),
	feature_phone: w('téléphone simple', 'feature phone'),
	tablet: w('tablette', 'tablet'),
	laptop: w('ordinateur portable', 'laptop'),
	desktop: w('ordinateur fixe', 'desktop computer'),
	monitor: w('écran', 'screen'),
	server: w('serveur', 'server'),
	printer: w('imprimante', 'printer'),
	network: w('équipement réseau', 'network equipment'),
	projector: w('vidéoprojecteur', 'projector'),
	other: w('autre appareil', 'other device'),
};

export const slotWords: Record<'main' | 'second' | 'card', Words> = {
	main: w('stockage principal', 'main storage'),
	second: w('second stockage', 'second storage'),
	card: w('carte mémoire', 'memory card'),
};
