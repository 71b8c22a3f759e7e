/*
 * The words of every enumeration, English and French, in the order of their
 * values. The English word is the lower-case name in event.proto, without the
 * prefix that only tells two enumerations apart (GRADE_A is "a").
 */
#include "proto/life/kind.h"

#include "proto/life/reflect.h"

struct word {
	const char *en, *fr;
};

static const struct word identifier_kind[] = {
	{ "serial", "numero_serie" }, { "board_serial", "numero_carte_mere" },
	{ "chassis_serial", "numero_chassis" }, { "uuid", "uuid" }, { "imei", "imei" },
	{ "mac", "mac" }, { "medium_serial", "numero_support" }, { "wwn", "wwn" },
	{ "label", "etiquette" }, { "asset_tag", "inventaire" }, { "gs1", "gs1" },
	{ "part_serial", "numero_piece" },
};
static const struct word device_type[] = {
	{ "desktop", "fixe" }, { "laptop", "portable" }, { "tablet", "tablette" },
	{ "smartphone", "smartphone" }, { "screen", "ecran" }, { "printer", "imprimante" },
	{ "server", "serveur" }, { "network_device", "reseau" }, { "console", "console" },
	{ "other", "autre" },
};
static const struct word medium_type[] = {
	{ "hdd", "disque_dur" }, { "ssd", "ssd" }, { "nvme", "nvme" }, { "emmc", "emmc" },
	{ "flash", "flash" }, { "other", "autre" },
};
static const struct word medium_interface[] = {
	{ "ata_parallel", "ata_parallele" }, { "sata", "sata" }, { "sas", "sas" }, { "pcie", "pcie" },
	{ "usb2", "usb2" }, { "usb3", "usb3" }, { "mmc", "mmc" },
};
static const struct word donor_type[] = {
	{ "company", "entreprise" }, { "state", "etat" }, { "local_authority", "collectivite" },
	{ "school", "enseignement" }, { "social_body", "organisme_social" },
	{ "hospital", "hopital" }, { "individual", "particulier" },
	{ "recycling_centre", "decheterie" }, { "refurbisher", "reconditionneur" },
};
static const struct word sensitivity[] = {
	{ "standard", "standard" }, { "personal_data", "donnees_personnelles" },
	{ "restricted", "diffusion_restreinte" }, { "classified", "classifie" },
};
static const struct word waste_status[] = {
	{ "product", "produit" }, { "waste", "dechet" },
};
static const struct word origin[] = {
	{ "external", "externe" }, { "network", "reseau" },
};
static const struct word discrepancy[] = {
	{ "missing", "manque" }, { "surplus", "surplus" }, { "unexpected", "inattendu" },
};
static const struct word refusal_reason[] = {
	{ "too_old", "trop_ancien" }, { "out_of_scope", "hors_perimetre" },
	{ "classified", "classifie" }, { "broken", "casse" }, { "stolen_goods", "vole" },
};
static const struct word audit_decision[] = {
	{ "reuse", "reemploi" }, { "parts", "pieces" }, { "weee", "deee" }, { "wait", "attente" },
};
static const struct word function[] = {
	{ "power", "alimentation" }, { "display", "affichage" }, { "keyboard", "clavier" },
	{ "pointer", "pointeur" }, { "storage", "stockage" }, { "memory", "memoire" },
	{ "battery", "batterie" }, { "sound", "son" }, { "camera", "camera" },
	{ "microphone", "microphone" }, { "wireless", "sans_fil" },
	{ "wired_network", "reseau_filaire" }, { "ports", "ports" }, { "touch", "tactile" },
	{ "telephony", "telephonie" }, { "board", "carte_mere" }, { "case", "boitier" },
	{ "charger", "chargeur" },
};
static const struct word erasure_level[] = {
	{ "clear", "clear" }, { "purge", "purge" },
};
static const struct word erasure_technique[] = {
	{ "overwrite", "reecriture" }, { "block_erase", "effacement_blocs" },
	{ "crypto_erase", "effacement_crypto" }, { "ata_secure_erase", "ata_secure_erase" },
	{ "nvme_format", "format_nvme" }, { "factory_reset", "reinitialisation" },
};
static const struct word verification_type[] = {
	{ "no_verification", "aucune" }, { "sampled", "echantillon" }, { "full", "complete" },
};
static const struct word outcome[] = {
	{ "success", "reussi" }, { "partial", "partiel" }, { "failure", "echec" },
};
static const struct word hidden_areas[] = {
	{ "none", "aucune" }, { "removed", "retirees" }, { "left", "restantes" },
	{ "unknown", "inconnues" },
};
static const struct word medium_destination[] = {
	{ "to_stock", "en_stock" }, { "to_destruction", "a_detruire" },
	{ "back_to_donor", "rendu_donateur" }, { "to_device", "vers_appareil" },
};
static const struct word destruction_method[] = {
	{ "shredding", "broyage" }, { "disintegration", "desintegration" },
	{ "incineration", "incineration" }, { "drilling", "percage" },
	{ "degaussing", "demagnetisation" },
};
static const struct word part_origin[] = {
	{ "new", "neuve" }, { "used", "occasion" },
};
static const struct word component[] = {
	{ "ram", "ram" }, { "disk", "disque" }, { "battery_pack", "batterie" },
	{ "other", "autre" },
};
static const struct word licence[] = {
	{ "free_software", "libre" }, { "existing", "existante" }, { "mar", "mar" },
	{ "paid", "payante" },
};
static const struct word grade[] = {
	{ "a", "a" }, { "b", "b" }, { "c", "c" }, { "d", "d" }, { "e", "e" },
};
static const struct word stock_place[] = {
	{ "shop", "boutique" }, { "storeroom", "reserve" }, { "external_store", "depot_externe" },
};
static const struct word transfer_nature[] = {
	{ "ownership", "propriete" }, { "possession", "possession" },
};
static const struct word public[] = {
	{ "low_income", "modeste" }, { "precarious", "precaire" }, { "everyone", "tous" },
	{ "association", "association" },
};
static const struct word mode[] = {
	{ "donation", "don" }, { "solidarity_sale", "vente_solidaire" },
	{ "market_sale", "vente_marche" }, { "loan", "pret" }, { "rental", "location" },
};
static const struct word recipient_type[] = {
	{ "final_user", "usager_final" }, { "intermediary", "intermediaire" },
	{ "public_body", "personne_publique" },
};
static const struct word prescriber_type[] = {
	{ "local_mission", "mission_locale" }, { "ccas", "ccas" },
	{ "association", "association" }, { "college", "college" }, { "landlord", "bailleur" },
	{ "digital_adviser", "conseiller_numerique" },
};
static const struct word return_reason[] = {
	{ "after_sales", "sav" }, { "loan_ended", "fin_pret" }, { "donated_back", "don_usager" },
	{ "delivery_error", "erreur_livraison" },
};
static const struct word training_frame[] = {
	{ "at_delivery", "livraison" }, { "follow_up", "suivi" },
};
static const struct word training_type[] = {
	{ "first_steps", "premiers_pas" }, { "workshop_session", "atelier" },
	{ "one_to_one", "individuel" }, { "staff_training", "formation_equipes" },
};
static const struct word theme[] = {
	{ "device_quality", "qualite_appareil" },
	{ "support_quality", "qualite_accompagnement" }, { "delay", "delai" },
};
static const struct word loss_nature[] = {
	{ "loss", "perte" }, { "theft", "vol" },
};
static const struct word link_direction[] = {
	{ "link", "lie" }, { "split", "delie" },
};
static const struct word correction_reason[] = {
	{ "incorrect_data", "donnee_erronee" }, { "did_not_occur", "n_a_pas_eu_lieu" },
};
static const struct word cost_item[] = {
	{ "collection", "collecte" }, { "labour", "main_oeuvre" }, { "part", "piece" },
	{ "licence", "licence" }, { "structure", "structure" }, { "management", "gestion" },
	{ "subsidy", "subvention" },
};

#define TABLE(name) { &trac__##name##__descriptor, name, sizeof name / sizeof *name }
static const struct {
	const ProtobufCEnumDescriptor *type;
	const struct word *word;      /* of value 1, 2, ... */
	unsigned count;
} tables[] = {
	TABLE(identifier_kind), TABLE(device_type), TABLE(medium_type), TABLE(medium_interface),
	 TABLE(donor_type),
	TABLE(sensitivity), TABLE(waste_status), TABLE(origin), TABLE(discrepancy),
	TABLE(refusal_reason), TABLE(audit_decision), TABLE(function), TABLE(erasure_level),
	TABLE(erasure_technique), TABLE(verification_type), TABLE(outcome),
	TABLE(hidden_areas), TABLE(medium_destination), TABLE(destruction_method),
	TABLE(part_origin), TABLE(component), TABLE(licence), TABLE(grade),
	TABLE(stock_place), TABLE(transfer_nature), TABLE(public), TABLE(mode),
	TABLE(recipient_type), TABLE(prescriber_type), TABLE(return_reason),
	TABLE(training_frame), TABLE(training_type), TABLE(theme), TABLE(loss_nature),
	TABLE(link_direction), TABLE(correction_reason), TABLE(cost_item),
};
#define TABLE_COUNT (sizeof tables / sizeof *tables)

const char *word_of(const ProtobufCEnumDescriptor *e, int value, bool fr)
{
	for (unsigned i = 0; i < TABLE_COUNT; i++) {
		if (tables[i].type != e)
			continue;
		if (value < 1 || (unsigned)value > tables[i].count)
			return NULL;
		const struct word *w = &tables[i].word[value - 1];
		return fr ? w->fr : w->en;
	}
	return NULL;
}

int word_value(const ProtobufCEnumDescriptor *e, const char *word)
{
	for (int v = 1; word_of(e, v, false); v++) {
		if (word_is(word, word_of(e, v, false)) || word_is(word, word_of(e, v, true)))
			return v;
	}
	return -1;
}
