//! Both stores keep every promise of the traits.

use bot_store::contract;
use bot_store::contract::Fixture;
use bot_store_sql::cluster::{Cluster, Database, Disk};
use bot_store_sql::{Settings, open};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

contract!(sqlite, async {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made/on/the/way/guichet.db");
    let settings = Settings::new(&format!("sqlite:{}", file.display()));
    Fixture { store: open(&settings).await.unwrap(), guard: Box::new(folder) }
});

/// Empties every table, which is quicker than another database for each case.
const EMPTY: &str = "
    DO $$
    BEGIN
        EXECUTE (
            SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY'
            FROM pg_tables
            WHERE schemaname = 'public'
            AND tablename <> '_sqlx_migrations'
        );
    END
    $$
";

async fn empty_postgres(database: &Database) -> Fixture {
    let store = open(&Settings::new(&database.url())).await.unwrap();
    let options: PgConnectOptions = database.url().parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(EMPTY).execute(&mut connection).await.unwrap();
    Fixture::of(store)
}

#[test]
fn postgres() {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(cluster.database()).unwrap();
    let report = contract::run("postgres", || empty_postgres(&database)).unwrap();
    println!("{report}");
    assert!(report.is_good(), "{report}");
}
